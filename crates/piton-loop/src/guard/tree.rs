//! What changed in the user's own working tree.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use piton_durable::DiskRead;
use piton_git::{GitError, GitRead, Overview, overview};

use super::found::Note;
use crate::listed::first_few;

/// HEAD, the index and the working tree, before or after a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserTree {
    pub(super) overview: Overview,
    /// Of each path that differs from HEAD: size, time of change, mode.
    stats: BTreeMap<PathBuf, Option<(u64, Option<SystemTime>, u32)>>,
}

impl UserTree {
    pub(super) fn look(disk: &dyn DiskRead, git: &dyn GitRead) -> Result<Self, GitError> {
        let overview = overview(git)?;
        let stats = (overview.paths.keys())
            .map(|path| {
                let stat = disk.stat(&git.top().join(path)).ok().flatten();
                let stat = stat.map(|stat| (stat.len, stat.modified, stat.mode));
                (path.clone(), stat)
            })
            .collect();
        Ok(Self { overview, stats })
    }

    /// Looks again, and says what is different.
    pub(crate) fn notes_now(
        &self,
        disk: &dyn DiskRead,
        git: &dyn GitRead,
    ) -> Result<Vec<Note>, GitError> {
        let notes = self.notes(&Self::look(disk, git)?);
        Ok(notes.into_iter().map(Note::Said).collect())
    }

    /// Says what is different later. The user may go on working, so none of it
    /// is known to be the agent's.
    pub(super) fn notes(&self, later: &Self) -> Vec<String> {
        let mut notes = Vec::new();
        let (old, new) = (&self.overview, &later.overview);
        if old.branch != new.branch {
            let named = |branch: &Option<String>| branch.clone().unwrap_or("no branch".to_owned());
            notes.push(format!(
                "HEAD went from {} to {}",
                named(&old.branch),
                named(&new.branch)
            ));
        } else if old.branch.is_none() && old.head != new.head {
            notes.push("HEAD moved".to_owned());
        }
        // After a commit everything in it differs no more: that is told once.
        if old.head == new.head {
            let differs = |path: &&PathBuf| {
                old.paths.get(*path) != new.paths.get(*path)
                    || self.stats.get(*path) != later.stats.get(*path)
            };
            let mut paths: Vec<&PathBuf> = old.paths.keys().chain(new.paths.keys()).collect();
            paths.sort_unstable();
            paths.dedup();
            paths.retain(differs);
            if let Some(shown) = first_few(5, paths.iter().map(|path| path.display())) {
                notes.push(format!("files of your working tree changed: {shown}"));
            }
        }
        notes
    }
}
