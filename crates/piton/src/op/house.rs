//! Operations on the house itself: recovery, setting aside, committing.

use std::borrow::Cow;

use piton_base::RepoPath;
use piton_plan::{Detail, Operation, Verb};
use serde::{Deserialize, Serialize};

/// Brings to its end what interrupted publishes left behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recover {
    /// What was found, a line each.
    pub(crate) found: Vec<String>,
}

/// Moves something out of the working tree, to where failures are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetAside {
    pub(crate) path: RepoPath,
    pub(crate) why: String,
}

/// Commits exactly what stands at one path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommitPath {
    pub(crate) path: RepoPath,
    pub(crate) message: String,
}

impl Operation for Recover {
    fn category(&self) -> &'static str {
        "recovery"
    }

    fn verb(&self) -> Verb {
        Verb::Run
    }

    fn target(&self) -> Cow<'_, str> {
        "publishes".into()
    }

    fn description(&self) -> Cow<'_, str> {
        "finishes or undoes what interrupted publishes left; nothing is thrown away".into()
    }

    fn details(&self) -> Vec<Detail> {
        self.found
            .iter()
            .map(|line| Detail::new(0, "found", line.clone()))
            .collect()
    }

    fn expectation(&self) -> Cow<'_, str> {
        "nothing left of interrupted publishes".into()
    }

    fn repeatable(&self) -> bool {
        true
    }
}

impl Operation for SetAside {
    fn category(&self) -> &'static str {
        "evidence"
    }

    fn verb(&self) -> Verb {
        Verb::Move
    }

    fn target(&self) -> Cow<'_, str> {
        self.path.as_str().into()
    }

    fn description(&self) -> Cow<'_, str> {
        format!("out of the working tree, kept: {}", self.why).into()
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        Some("something is there".into())
    }

    fn expectation(&self) -> Cow<'_, str> {
        "nothing is there".into()
    }

    fn repeatable(&self) -> bool {
        true
    }
}

impl Operation for CommitPath {
    fn category(&self) -> &'static str {
        "git"
    }

    fn verb(&self) -> Verb {
        Verb::Commit
    }

    fn target(&self) -> Cow<'_, str> {
        self.path.as_str().into()
    }

    fn description(&self) -> Cow<'_, str> {
        self.message.lines().next().unwrap_or_default().into()
    }

    fn expectation(&self) -> Cow<'_, str> {
        "as it is in the last commit".into()
    }

    fn details(&self) -> Vec<Detail> {
        vec![Detail::new(2, "message", self.message.clone())]
    }

    fn repeatable(&self) -> bool {
        true
    }
}
