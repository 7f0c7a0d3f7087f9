//! Recovery, setting aside and committing, as operations.

use std::path::Path;

use piton_base::RepoPath;
use piton_plan::{Description, Key, Operation, Verb};
use serde::{Deserialize, Serialize};

/// Brings to its end what interrupted publishes left behind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recover {
    /// What was found, a line each.
    pub found: Vec<String>,
}

/// Moves something out of the working tree, to where failures are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    pub path: RepoPath,
    pub why: String,
}

/// Commits exactly what stands at one path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitPath {
    pub path: RepoPath,
    /// What is committed along with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<RepoPath>,
    pub message: String,
}

impl CommitPath {
    pub(super) fn paths(&self) -> Vec<&Path> {
        std::iter::once(&self.path)
            .chain(&self.also)
            .map(|path| Path::new(path.as_str()))
            .collect()
    }
}

impl Operation for Recover {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("recovery", Verb::Run, "publishes")
    }

    fn describe(&self) -> Description<'_> {
        let line = "finishes or undoes what interrupted publishes left; nothing is thrown away";
        let shown = Description::new(line).expects("nothing left of interrupted publishes");
        let found = self.found.iter();
        found.fold(shown, |shown, line| shown.detail(0, "found", line))
    }
}

impl Operation for SetAside {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("evidence", Verb::Move, self.path.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(format!("out of the working tree, kept: {}", self.why))
            .premise("something is there")
            .touches(self.path.as_str())
            .expects("nothing is there")
    }
}

impl Operation for CommitPath {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("git", Verb::Commit, self.path.as_str())
    }

    fn describe(&self) -> Description<'_> {
        Description::new(self.message.lines().next().unwrap_or_default())
            .expects("as it is in the last commit")
            .detail(2, "message", &self.message)
    }
}
