//! The way to GitHub, as the user set it up.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use piton_github::{
    Access, Base, Client, ClientOptions, RepoName, Sent, Sources, Token, Waiting, token_of_gh,
};

use super::command::Context;
use crate::config::Settings;
use crate::error::{Attempt as _, CommandError};
use crate::output::{Channel, Level};

/// How long one request may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Makes the client. The address comes from the environment and the user's own
/// settings; a committed file has no say in it.
pub(crate) fn client(context: &Context, settings: &Settings) -> Result<Client, CommandError> {
    let variable = |name| context.environment.get(name);
    let sources = Sources {
        gh_token: variable("GH_TOKEN"),
        github_token: variable("GITHUB_TOKEN"),
        api_url: variable("GITHUB_API_URL"),
        graphql_url: variable("GITHUB_GRAPHQL_URL"),
        setting: settings.github_api_url(),
    };
    let access = Access::decide(sources, token_of_gh);
    let access = access
        .or_usage("could not use the settings for GitHub")
        .map_err(|error| {
            error.hint("`piton config show --origin` shows where settings come from")
        })?;
    Ok(made(context, access.base, access.token))
}

/// Makes a client that signs in nowhere: for what everybody may read.
pub(crate) fn anonymous(context: &Context, settings: &Settings) -> Result<Client, CommandError> {
    let signed = client(context, settings)?;
    Ok(made(context, signed.base().clone(), None))
}

fn made(context: &Context, base: Base, token: Option<Token>) -> Client {
    let out = context.out;
    Client::new(ClientOptions {
        base,
        token,
        patience: Arc::new(Waiting::new(context.stop.clone())),
        limit: LIMIT,
        now: Timestamp::now,
    })
    .telling(Arc::new(move |sent: &Sent<'_>| {
        let status = match sent.status {
            Some(status) => status.to_string(),
            None => "no answer".to_owned(),
        };
        let text = format!("{} {} ({status})", sent.method, sent.address);
        out.note(Channel::Api, Level::PAYLOAD, &text);
    }))
}

/// Decides which repository is meant: `setting` names one, then the
/// environment, then the remote.
pub(crate) fn repository(
    context: &Context,
    client: &Client,
    setting: Option<&str>,
    remote: Option<&str>,
) -> Result<RepoName, CommandError> {
    if let Some(named) = setting {
        return named
            .parse()
            .or_usage("could not use the setting plans.repository");
    }
    if let Some(named) = context.environment.get("GITHUB_REPOSITORY") {
        return named.parse().or_usage("could not use GITHUB_REPOSITORY");
    }
    remote
        .and_then(|remote| RepoName::from_remote(remote, client.base().web_host()))
        .ok_or_else(|| {
            CommandError::usage("could not find out which repository on GitHub is meant")
                .hint("set it with `piton config set plans.repository OWNER/NAME`")
        })
}
