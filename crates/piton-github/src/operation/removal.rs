//! Taking away what a repository's Actions and the user's gists hold.

use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observation, Observe, Operation,
    Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::{gists, secrets, variables};
use crate::error::{ForgeError, found};
use crate::repo::RepoName;

/// Removes a variable that still has the value that it was decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveVariable {
    pub repository: RepoName,
    pub name: String,
    pub was: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveSecret {
    pub repository: RepoName,
    pub name: String,
}

/// Removes a gist with everything in it, for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoveGist {
    pub name: String,
    pub id: String,
    /// The revision that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// What is gone already is as it should be.
fn gone(result: Result<(), ForgeError>) -> Result<Done, Failure> {
    found(result)?;
    Ok(Done::default())
}

impl Operation for RemoveVariable {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("variable", Verb::Delete, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("it is {}", self.was))
            .premise(format!("it is {}", self.was))
            .expects("no variable of that name")
            .detail(1, "repository", self.repository.to_string())
    }
}

impl Observe<RemoveVariable> for ForgeWorld<'_> {
    fn observe(&self, op: &RemoveVariable, _: &Given<'_>, moment: Moment) -> Looked {
        self.settled(moment, |forge| {
            let now = found(variables::get(forge, &op.repository, &op.name))?;
            Ok(match now {
                None => Observation::already(),
                Some(now) if now.value == op.was => {
                    Observation::pending(format!("it is {}", now.value), ())
                }
                Some(now) => Observation::changed(
                    format!("it is {}", op.was),
                    format!("it is {}", now.value),
                ),
            })
        })
    }
}

impl Perform<RemoveVariable> for ForgePerformer<'_> {
    fn perform(&self, op: &RemoveVariable, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        gone(variables::remove(self.forge, &op.repository, &op.name))
    }
}

impl Operation for RemoveSecret {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("secret", Verb::Delete, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        Description::new("the collector's token; nobody can read it back")
            .premise("a secret of that name")
            .expects("no secret of that name")
            .detail(1, "repository", self.repository.to_string())
    }
}

impl Observe<RemoveSecret> for ForgeWorld<'_> {
    fn observe(&self, op: &RemoveSecret, _: &Given<'_>, moment: Moment) -> Looked {
        self.settled(moment, |forge| {
            let now = found(secrets::get(forge, &op.repository, &op.name))?;
            Ok(match now {
                None => Observation::already(),
                Some(_) => Observation::pending("a secret of that name", ()),
            })
        })
    }
}

impl Perform<RemoveSecret> for ForgePerformer<'_> {
    fn perform(&self, op: &RemoveSecret, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        gone(secrets::remove(self.forge, &op.repository, &op.name))
    }
}

impl Operation for RemoveGist {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("gist", Verb::Delete, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("gist {} with everything in it, for good", self.id))
            .premise("the gist is there")
            .expects("no gist of that id")
            .detail(2, "request", format!("DELETE /gists/{}", self.id))
    }
}

impl Observe<RemoveGist> for ForgeWorld<'_> {
    fn observe(&self, op: &RemoveGist, _: &Given<'_>, moment: Moment) -> Looked {
        self.settled(moment, |forge| {
            let Some(gist) = found(gists::get(forge, &op.id))? else {
                return Ok(Observation::already());
            };
            let newest = gist.history.first().map(|newest| newest.version.clone());
            Ok(match (&op.revision, newest) {
                (Some(decided), Some(newest)) if *decided != newest => Observation::changed(
                    format!("revision {decided}"),
                    format!("revision {newest}"),
                ),
                _ => Observation::pending("the gist is there", ()),
            })
        })
    }
}

impl Perform<RemoveGist> for ForgePerformer<'_> {
    fn perform(&self, op: &RemoveGist, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        gone(gists::remove(self.forge, &op.id))
    }
}
