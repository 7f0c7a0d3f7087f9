//! The user's hooks around a commit that is made elsewhere: where they are, and
//! how git runs them.
//!
//! They are run from their own absolute path: a relative `core.hooksPath` in
//! another tree would run what an agent planted there.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::hooks::Hooks;
use crate::{GitError, Repository, Setting};

piton_base::words! {
    /// A hook that `git commit` runs.
    #[derive(Hash)]
    pub enum Hook: "a hook" {
        /// Looks at what is to be committed.
        PreCommit = "pre-commit",
        PrepareCommitMsg = "prepare-commit-msg",
        CommitMsg = "commit-msg",
        /// Hears of the commit, and can stop nothing any more.
        PostCommit = "post-commit",
    }
}

/// The user's hooks, where there are any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserHooks {
    directory: PathBuf,
    /// Hooks that the settings name: any of them may be for any event.
    configured: Vec<(String, String)>,
    there: Vec<Hook>,
}

impl UserHooks {
    /// Finds them; `None` where no hook looks at commits.
    pub fn find(repository: &Repository) -> Result<Option<Self>, GitError> {
        Ok(Self::among(repository.hooks()?))
    }

    /// The same from settings that were read already.
    pub fn of(repository: &Repository, settings: &[Setting]) -> Result<Option<Self>, GitError> {
        Ok(Self::among(Hooks::of(
            repository.top(),
            repository.common(),
            settings,
        )?))
    }

    fn among(found: Hooks) -> Option<Self> {
        let directory = found.directory?;
        let configured = found.configured;
        let is_there = |hook: &Hook| {
            let path = directory.join(hook.as_str());
            !configured.is_empty() || may_be_there(&path)
        };
        let there: Vec<Hook> = Hook::ALL.iter().copied().filter(is_there).collect();
        (!there.is_empty()).then_some(Self {
            directory,
            configured,
            there,
        })
    }

    pub fn has(&self, hook: Hook) -> bool {
        self.there.contains(&hook)
    }

    /// Returns the arguments with which git runs a hook.
    pub fn arguments(hook: Hook, of_hook: &[&str]) -> Vec<String> {
        let first = ["hook", "run", "--ignore-missing", hook.as_str(), "--"];
        let all = first.iter().chain(of_hook);
        all.map(ToString::to_string).collect()
    }

    /// Returns the variables with which it finds them, whatever the settings of
    /// the repository say that it runs them in.
    pub fn variables(&self) -> Vec<(String, OsString)> {
        let path = ("core.hooksPath".to_owned(), self.directory.clone().into());
        let named = self.configured.iter();
        let named = named.map(|(key, value)| (key.clone(), OsString::from(value)));
        let all: Vec<(String, OsString)> = std::iter::once(path).chain(named).collect();
        let mut variables = vec![("GIT_CONFIG_COUNT".to_owned(), all.len().to_string().into())];
        for (number, (key, value)) in all.into_iter().enumerate() {
            variables.push((format!("GIT_CONFIG_KEY_{number}"), key.into()));
            variables.push((format!("GIT_CONFIG_VALUE_{number}"), value));
        }
        variables
    }
}

/// What cannot be looked at is git's to run or to refuse.
fn may_be_there(hook: &Path) -> bool {
    !matches!(std::fs::metadata(hook), Err(error) if matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    ))
}
