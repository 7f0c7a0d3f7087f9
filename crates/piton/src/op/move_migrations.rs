//! The migrations directory, moved as a whole.

use std::borrow::Cow;

use piton_base::RepoPath;
use piton_plan::{Detail, Operation, Verb};
use serde::{Deserialize, Serialize};

/// Moves the migrations directory. Planning states name the directory they
/// lie in, so they are rewritten first, each whole or not at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveMigrations {
    pub(crate) from: RepoPath,
    pub(crate) to: RepoPath,
    pub(crate) rewrites: Vec<Rewrite>,
    pub(crate) in_the_way: InTheWay,
}

/// What stood at the new place when the move was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum InTheWay {
    Nothing,
    EmptyDir,
    /// A directory with something in it, which is set aside and kept.
    Dir,
}

/// One planning state with its references to the new place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rewrite {
    /// From the migrations directory.
    pub(crate) path: RepoPath,
    pub(crate) content: String,
}

impl Operation for MoveMigrations {
    fn category(&self) -> &'static str {
        "migrations"
    }

    fn verb(&self) -> Verb {
        Verb::Move
    }

    fn target(&self) -> Cow<'_, str> {
        self.to.as_str().into()
    }

    fn description(&self) -> Cow<'_, str> {
        match self.rewrites.len() {
            0 => format!("the migrations directory, from {}", self.from),
            n => format!(
                "the migrations directory, from {}; rewrites {n} planning states",
                self.from
            ),
        }
        .into()
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        let there = match self.in_the_way {
            InTheWay::Nothing => "nothing",
            InTheWay::EmptyDir => "an empty directory",
            InTheWay::Dir => "a directory to set aside",
        };
        Some(format!("a directory at {}, {there} at {}", self.from, self.to).into())
    }

    fn expectation(&self) -> Cow<'_, str> {
        format!("a directory at {}, nothing at {}", self.to, self.from).into()
    }

    fn details(&self) -> Vec<Detail> {
        self.rewrites
            .iter()
            .map(|rewrite| Detail::new(1, "rewrites", rewrite.path.to_string()))
            .collect()
    }

    fn destructive(&self) -> bool {
        self.in_the_way == InTheWay::Dir
    }

    fn repeatable(&self) -> bool {
        true
    }
}
