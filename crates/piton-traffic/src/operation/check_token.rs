//! Trying the collector's token before it is stored: reading only.

use piton_github::endpoints::{people, runs, traffic};
use piton_github::{ForgeRead, RepoName};
use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Looked, Moment, Observation, Observe,
    Operation, Perform, SecretRef, Verb,
};
use serde::{Deserialize, Serialize};

use super::{TrafficPerformer, TrafficWorld};

/// Tries whether a token can read what collecting reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckToken {
    pub(crate) repository: RepoName,
    /// The secret that it is for.
    pub(crate) secret: String,
    pub(crate) from: SecretRef,
}

impl Operation for CheckToken {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("token", Verb::Check, &self.secret)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!(
            "{} reads the traffic and the runs of {}",
            self.from, self.repository
        ))
        .detail(2, "requests", "GET /user, traffic/views, actions/runs")
    }

    fn leaves_a_trace(&self) -> bool {
        false
    }
}

impl Observe<CheckToken> for TrafficWorld<'_> {
    fn observe(&self, _: &CheckToken, _: &Given<'_>, _: Moment) -> Looked {
        Ok(Observation::pending("the token was not tried yet", ()))
    }
}

impl Perform<CheckToken> for TrafficPerformer<'_> {
    fn perform(&self, op: &CheckToken, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let token =
            self.forge()?.secrets.secret(&op.from).ok_or_else(|| {
                Failure::new(FailureKind::Input, format!("{} is not set", op.from))
            })?;
        let forge = self.with_token.forge(&token)?;
        check(&*forge, &op.repository).map(Done::saying)
    }
}

/// Tries the three reads. Says whose the token is, and when it ends.
pub(super) fn check(forge: &dyn ForgeRead, repository: &RepoName) -> Result<String, Failure> {
    let (me, answer) = people::me_with_answer(forge)?;
    traffic::views(forge, repository)?;
    if let Some(run) = runs::list(forge, repository, None).next() {
        run?;
    }
    Ok(match answer.token_expires {
        Some(end) => format!("a token of {}, which ends at {end}", me.login),
        None => format!("a token of {}", me.login),
    })
}
