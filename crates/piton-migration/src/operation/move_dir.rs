//! The migrations directory, moved as a whole.

use std::fmt::Write as _;

use piton_base::RepoPath;
use piton_plan::{Description, Key, Operation, Verb};
use serde::{Deserialize, Serialize};

/// Moves the migrations directory. Planning states name the directory they
/// are in, so they are rewritten first, each whole or not at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoveDir {
    pub from: RepoPath,
    pub to: RepoPath,
    pub rewrites: Vec<Rewrite>,
    pub in_the_way: InTheWay,
}

/// What stood at the new place when the move was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InTheWay {
    Nothing,
    EmptyDir,
    /// A directory with something in it, which is set aside and kept.
    Dir,
}

/// One planning state with its references to the new place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrite {
    /// From the migrations directory.
    pub path: RepoPath,
    pub content: String,
}

impl MoveDir {
    /// Returns what it saw when it was decided.
    pub fn premise(&self) -> String {
        let there = match self.in_the_way {
            InTheWay::Nothing => "nothing",
            InTheWay::EmptyDir => "an empty directory",
            InTheWay::Dir => "a directory to set aside",
        };
        format!("a directory at {}, {there} at {}", self.from, self.to)
    }
}

impl Operation for MoveDir {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("migrations", Verb::Move, self.to.as_str())
    }

    fn describe(&self) -> Description<'_> {
        let mut line = format!("the migrations directory, from {}", self.from);
        if !self.rewrites.is_empty() {
            let _ = write!(line, "; rewrites {} planning states", self.rewrites.len());
        }
        let shown = Description::new(line)
            .premise(self.premise())
            .touches(self.from.as_str())
            .touches(self.to.as_str())
            .expects(format!(
                "a directory at {}, nothing at {}",
                self.to, self.from
            ));
        let rewrites = self.rewrites.iter();
        rewrites.fold(shown, |shown, one| {
            shown.detail(1, "rewrites", one.path.as_str())
        })
    }

    fn destructive(&self) -> bool {
        self.in_the_way == InTheWay::Dir
    }
}
