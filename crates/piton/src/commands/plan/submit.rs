//! `piton plan submit`: brings what was made of a stored plan before people.

use clap::Args;
use piton_backend::header::{Header, Patch};
use piton_backend::operation::{BackendOp, SetFields};
use piton_backend::store::{Document, Provider};
use piton_github::endpoints::{git, repository};
use piton_github::operation::{ForgeOp, OpenPull, ReadyPull};
use piton_github::{Client, RepoName, found};
use serde_json::json;

use super::decide::carry_out;
use crate::context::{Context, forge};
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::operation::Op;
use crate::planned::PlanArgs;
use crate::stored::target::{document, header, with_plan};
use crate::stored::{StoredPlace, title};

/// Open the pull request of a plan's branch, or make its draft ready
///
/// The branch must be pushed. A plan in an issue is closed by its pull request;
/// a plan in a draft is that pull request, and is made ready for review.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan submit 42 --dry-run
  piton plan submit 42")]
pub(crate) struct SubmitArgs {
    /// The plan; without one, that of this folder or branch
    target: Option<String>,

    /// Where the pull request goes; default: the default branch
    #[arg(long, value_name = "BRANCH")]
    base: Option<String>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &SubmitArgs) -> CommandResult {
    let stored = StoredPlace::find(context)?;
    let (document, provider) = with_plan(context, args.target.as_deref(), |backend, id| {
        Ok((document(backend, &id)?, backend.provider()))
    })?;
    let header = header(&document)?;
    let (client, code) = stored.code(context)?;
    let remote = stored.checkout.remote.as_deref();
    let plans = forge::repository(context, &client, stored.settings.plans_repository(), remote)?;
    let operations = if document.is_pull {
        ready(&document, &header, plans)?
    } else {
        let branch = branch(&document, &header)?;
        let base = match &args.base {
            Some(base) => base.clone(),
            None => repository::get(&client, &code)?.default_branch,
        };
        refuse_itself(&document, branch, &base)?;
        refuse_unpushed(&client, &code, &document, branch)?;
        let open = OpenPull {
            head: branch.to_owned(),
            base,
            title: title(&document),
            body: body(&document, provider, &code, &plans),
            repository: code,
        };
        vec![ForgeOp::OpenPull(open).into()]
    };
    carry_out(context, &args.plan, "plan submit", operations)
}

/// Makes a draft ready for review.
fn ready(document: &Document, header: &Header, plans: RepoName) -> Result<Vec<Op>, CommandError> {
    let id = &document.id;
    let number = id
        .number()
        .ok_or_else(|| CommandError::failed(format!("plan {id} has no number")))?;
    let ready = ReadyPull {
        repository: plans,
        name: id.to_string(),
        number,
    };
    let patch = Patch::new(vec![("lifecycle_stage".to_owned(), json!("impl"))])
        .or_failed("could not set the stage")?;
    let set = SetFields::decide(id.clone(), &patch, header);
    let set = set.map(|set| Op::from(BackendOp::SetFields(set)));
    let ready = Op::from(ForgeOp::ReadyPull(ready));
    Ok([ready].into_iter().chain(set).collect())
}

fn branch<'h>(document: &Document, header: &'h Header) -> Result<&'h str, CommandError> {
    let id = &document.id;
    header.text("branch_name").ok_or_else(|| {
        CommandError::failed(format!("plan {id} has no branch yet"))
            .hint(format!("`piton plan implement {id}` makes one"))
    })
}

fn refuse_itself(document: &Document, branch: &str, base: &str) -> Result<(), CommandError> {
    if base != branch {
        return Ok(());
    }
    let id = &document.id;
    Err(CommandError::failed(format!(
        "the branch of plan {id} is `{branch}`, into which it would be merged"
    ))
    .hint(format!(
        "`piton plan update {id} --patch '{{\"branch_name\": \"NAME\"}}'` names another \
         branch, `--base` another target"
    )))
}

/// Refuses what GitHub would refuse: a branch that it does not have.
fn refuse_unpushed(
    client: &Client,
    code: &RepoName,
    document: &Document,
    branch: &str,
) -> Result<(), CommandError> {
    if found(git::branch(client, code, branch))?.is_some() {
        return Ok(());
    }
    let id = &document.id;
    Err(CommandError::failed(format!(
        "{code} has no branch `{branch}`, which is the branch of plan {id}"
    ))
    .hint(format!("push it with `git push origin {branch}`")))
}

/// Says what it carries out; an issue is closed by it, from the start, since
/// GitHub works that out when a pull request is opened.
fn body(document: &Document, provider: Provider, code: &RepoName, plans: &RepoName) -> String {
    let id = &document.id;
    match provider {
        Provider::GithubIssue | Provider::GithubDraftPr if code.same(plans) => {
            format!("**Plan:** #{id}\n\nCloses #{id}\n")
        }
        Provider::GithubIssue | Provider::GithubDraftPr => {
            format!("**Plan:** {plans}#{id}\n\nCloses {plans}#{id}\n")
        }
        Provider::Local => format!("**Plan:** `{}`\n", document.url),
    }
}
