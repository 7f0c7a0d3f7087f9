//! Where things are in a run's directory.

use std::path::{Path, PathBuf};

use super::RunId;

/// The paths of one run's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunDir(PathBuf);

impl RunDir {
    /// Returns the directory of a run below the directory of all runs.
    pub fn of(runs: &Path, id: &RunId) -> Self {
        Self(runs.join(id.as_str()))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub fn summary(&self) -> PathBuf {
        self.0.join("summary.json")
    }

    pub fn events(&self) -> PathBuf {
        self.0.join("events.jsonl")
    }

    pub fn calls(&self) -> PathBuf {
        self.0.join("calls")
    }

    /// Returns the directory of the `n`-th call, `calls/<n>-<role>`.
    pub(crate) fn call(&self, n: u32, role: &str) -> PathBuf {
        let role: String = role
            .chars()
            .map(|c| match c {
                'a'..='z' | '0'..='9' | '.' | '-' => c,
                _ => '-',
            })
            .collect();
        self.calls().join(format!("{n}-{role}"))
    }

    /// The lock that the run holds while it lives. It stands beside the
    /// record, so that removing a record never removes a lock that somebody
    /// is about to take.
    pub(super) fn lock(&self) -> PathBuf {
        self.0.with_extension("live")
    }
}
