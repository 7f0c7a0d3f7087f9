//! Pull requests: opened once for a branch, and made ready for review.

use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Looked, Moment, Observation, Observe,
    Operation, Output, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::issues::State;
use crate::endpoints::pulls::{self, Pull};
use crate::error::ForgeError;
use crate::repo::RepoName;

pub(crate) const PULL_NUMBER: Output<u64> = Output::new("number");

/// Opens a pull request, unless its branch has one that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenPull {
    pub repository: RepoName,
    pub head: String,
    pub base: String,
    pub title: String,
    pub body: String,
}

fn done(pull: Pull) -> Done {
    Done::saying(pull.html_url).with(&PULL_NUMBER, pull.number)
}

impl Operation for OpenPull {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("pull-request", Verb::Create, &self.head)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("from {} to {}", self.head, self.base))
            .premise("no open pull request of this branch")
            .expects("an open pull request of this branch")
            .detail(1, "title", self.title.clone())
            .detail(2, "body", self.body.clone())
    }

    fn produces(&self) -> &'static [&'static str] {
        &["number"]
    }
}

impl Observe<OpenPull> for ForgeWorld<'_> {
    fn observe(&self, op: &OpenPull, _: &Given<'_>, moment: Moment) -> Looked {
        self.settled(moment, |forge| {
            let mut open = pulls::of_branch(forge, &op.repository, &op.head, Some(State::Open));
            Ok(match open.next().transpose()? {
                Some(pull) => Observation::Already {
                    outputs: done(pull).outputs,
                },
                None => Observation::pending("no open pull request of this branch", ()),
            })
        })
    }
}

impl Perform<OpenPull> for ForgePerformer<'_> {
    fn perform(&self, op: &OpenPull, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let new = pulls::NewPull {
            title: op.title.clone(),
            body: op.body.clone(),
            head: op.head.clone(),
            base: op.base.clone(),
            draft: false,
        };
        match pulls::create(self.forge, &op.repository, &new) {
            Ok(pull) => Ok(done(pull)),
            // Somebody was faster, or the answer was lost: it is looked for.
            Err(ForgeError::Conflict { .. }) => Ok(Done::default()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Makes a draft ready for review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadyPull {
    pub repository: RepoName,
    /// What it is called in plans.
    pub name: String,
    pub number: u64,
}

impl Operation for ReadyPull {
    /// What it is called in the other interface.
    type Seen = String;

    fn key(&self) -> Key<'_> {
        Key::new("pull-request", Verb::Enable, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        Description::new("make the draft ready for review")
            .premise("a draft")
            .expects("ready for review")
    }
}

impl Observe<ReadyPull> for ForgeWorld<'_> {
    fn observe(&self, op: &ReadyPull, _: &Given<'_>, moment: Moment) -> Looked<String> {
        self.settled(moment, |forge| {
            let pull = pulls::get(forge, &op.repository, op.number)?;
            Ok(match (pull.state, pull.draft) {
                (State::Closed, _) => {
                    return Err(Failure::new(
                        FailureKind::Conflict,
                        format!("pull request {} is closed", op.number),
                    ));
                }
                (State::Open, true) => Observation::pending("a draft", pull.node_id),
                (State::Open, false) => Observation::already(),
            })
        })
    }
}

impl Perform<ReadyPull> for ForgePerformer<'_> {
    fn perform(&self, _: &ReadyPull, _: &Given<'_>, node: String) -> Result<Done, Failure> {
        pulls::mark_ready(self.forge, &node)?;
        Ok(Done::default())
    }
}
