//! Where this clone's own state is.

use std::path::{Path, PathBuf};

/// The directory `piton` in git's own directory; linked worktrees share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateDir(PathBuf);

impl StateDir {
    /// Returns that of the clone whose shared git directory this is.
    pub fn of(common_dir: &Path) -> Self {
        Self(common_dir.join("piton"))
    }

    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the file that is locked while something is published or written.
    pub fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// Returns the file that is locked while a run is under way.
    pub fn run_lock(&self) -> PathBuf {
        self.0.join("run.lock")
    }

    /// Returns where it is locked which migrations are being worked on.
    pub fn claims(&self) -> PathBuf {
        self.0.join("claims")
    }

    /// Returns where commits on their way to a branch have their intents.
    pub fn landings(&self) -> PathBuf {
        self.0.join("landings")
    }

    /// Returns where notes about accepted work are that has not landed.
    pub fn unlanded(&self) -> PathBuf {
        self.0.join("unlanded")
    }

    /// Returns where it is noted which trees were green.
    pub fn green(&self) -> PathBuf {
        self.0.join("green")
    }

    /// Returns where publishes under way have their trees and intents.
    pub fn transactions(&self) -> PathBuf {
        self.0.join("transactions")
    }

    /// Returns where plans being performed, and performed, are written down.
    pub fn journals(&self) -> PathBuf {
        self.0.join("journals")
    }

    pub fn runs(&self) -> PathBuf {
        self.0.join("runs")
    }

    /// Returns where failure reports are kept, and trees nobody could decide about.
    pub fn failures(&self) -> PathBuf {
        self.0.join("failures")
    }

    /// Returns where everything is that may be thrown away.
    pub fn work(&self) -> PathBuf {
        self.0.join("work")
    }

    /// Returns where candidates are built.
    pub fn candidates(&self) -> PathBuf {
        self.work().join("candidates")
    }

    /// Returns where what agents left in failed calls is kept for a while.
    pub fn failed(&self) -> PathBuf {
        self.work().join("failed")
    }

    /// Returns where it stands during a call what git would run before it.
    pub fn guards(&self) -> PathBuf {
        self.work().join("guards")
    }

    /// Returns where calls under way leave their notes.
    pub fn calls(&self) -> PathBuf {
        self.work().join("calls")
    }
}
