//! A project whose work a script does and `check.sh` checks.

use std::fs;

use piton_testkit::{Replies, ScratchRepo, tidy};
use serde_json::Value;

use crate::env::{Ran, TestEnv};

/// A run that carries migrations out and does nothing else.
pub(crate) const FOCUS: [&str; 2] = ["run", "--focus-on-live-migrations"];

/// Carries phases out and cleans up, each by a line of its own.
pub(crate) fn all_well() -> Replies {
    Replies::new().carries_out("tidy\n").cleans_up("cleaner\n")
}

/// Returns a project that nothing of is committed yet.
pub(crate) fn project() -> ScratchRepo {
    let repo = ScratchRepo::new();
    repo.write("src/lib.rs", "fine\n");
    repo.write("check.sh", "#!/bin/sh\n! grep -r BROKEN src\n");
    repo
}

impl TestEnv {
    /// The project without a migration.
    pub(crate) fn checked() -> Self {
        let repo = project();
        repo.commit_all("a project");
        Self::over(repo)
    }

    /// The project with a migration of two phases, of which the second asks for
    /// high effort.
    pub(crate) fn to_tidy() -> Self {
        let repo = project();
        let mut tidy = tidy();
        tidy["phases"][1]["required_effort"] = "high".into();
        repo.write_migration(&tidy);
        repo.commit_all("a plan");
        Self::over(repo)
    }

    /// Runs a command with a script as the agent.
    pub(crate) fn played(&self, script: &str, args: &[&str]) -> Ran {
        self.played_and_checked(script, args, "sh check.sh")
    }

    /// The same with another validation command.
    pub(crate) fn played_and_checked(&self, script: &str, args: &[&str], check: &str) -> Ran {
        let file = self.home.path().join("script.toml");
        fs::write(&file, script).unwrap();
        let with = ["--with", "script", "--agent-script", file.to_str().unwrap()];
        let validation = ["--validation-command", check];
        self.run(&[args, &with, &validation].concat())
    }

    /// Returns the events of the last run.
    pub(crate) fn run_events(&self) -> Vec<Value> {
        let runs = self.path().join(".git/piton/runs");
        let mut runs: Vec<_> = fs::read_dir(runs)
            .unwrap()
            .map(|entry| entry.unwrap().path().join("events.jsonl"))
            .filter(|path| path.exists())
            .collect();
        runs.sort();
        let text = fs::read_to_string(runs.pop().unwrap()).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}
