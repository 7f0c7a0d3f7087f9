//! Where transactions of one worktree take place.

use std::path::PathBuf;

use piton_base::StateDir;

use super::live_path::LivePath;
use super::token::Token;

/// The start of the names of transaction directories outside `state`.
const BESIDE_PREFIX: &str = "piton-";

/// The directories that publishing needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The top of the worktree.
    pub root: PathBuf,
    /// The state directory of this clone; linked worktrees share it.
    pub state: PathBuf,
    /// Which of the worktrees this is; stays the same when the clone moves.
    pub worktree: String,
    /// Where trees are staged when `state` is on another file system than the
    /// directory that they are to replace: a directory near that one.
    pub beside: PathBuf,
}

impl Site {
    pub(crate) fn live(&self, live: &LivePath) -> PathBuf {
        self.root.join(live.as_path())
    }

    pub fn transactions(&self) -> PathBuf {
        StateDir::at(&self.state).transactions()
    }

    /// Where trees are kept that nobody could decide about.
    pub fn failures(&self) -> PathBuf {
        StateDir::at(&self.state).failures()
    }

    pub(crate) fn transaction(&self, token: &Token) -> PathBuf {
        self.transactions().join(token.as_str())
    }

    pub(crate) fn beside(&self, token: &Token) -> PathBuf {
        self.beside.join(format!("{BESIDE_PREFIX}{token}"))
    }

    /// Returns the transaction that a directory in `beside` belongs to, if it
    /// is one of ours.
    pub(crate) fn token_of(name: &str) -> Option<Token> {
        name.strip_prefix(BESIDE_PREFIX)?.parse().ok()
    }
}
