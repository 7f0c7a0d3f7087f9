//! What a commit holds, and what of it changed together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::objects::ObjectKind;
use crate::program::GitCommand;
use crate::{CommitId, GitError, Repository};

impl Repository {
    /// Returns the files of a commit whose names are text, in order.
    pub fn all_names_at(&self, commit: &CommitId) -> Result<Vec<String>, GitError> {
        let stdout = GitCommand::reading(self.top())
            .args(["ls-tree", "-r", "-z", "--name-only", "--full-tree"])
            .arg(commit.as_str())
            .run()?;
        Ok(texts(&stdout).map(str::to_owned).collect())
    }

    /// Returns how many of the last `commits` that touched a path touched each
    /// other path too.
    pub fn changed_with(
        &self,
        commit: &CommitId,
        path: &str,
        commits: u32,
    ) -> Result<BTreeMap<String, u32>, GitError> {
        let stdout = GitCommand::reading(self.top())
            .args([
                "log",
                "-z",
                "--format=",
                "--name-only",
                "--full-diff",
                "--no-renames",
            ])
            .arg(format!("--max-count={commits}"))
            .arg(commit.as_str())
            .paths(&[path])
            .run()?;
        let mut together = BTreeMap::new();
        for other in texts(&stdout).map(|name| name.trim_start_matches('\n')) {
            if other != path && !other.is_empty() {
                *together.entry(other.to_owned()).or_insert(0) += 1;
            }
        }
        Ok(together)
    }

    /// Returns the text files of a commit in which one of the words stands.
    pub fn holding(
        &self,
        commit: &CommitId,
        words: &[String],
    ) -> Result<BTreeSet<String>, GitError> {
        let mut command = GitCommand::reading(self.top()).args([
            "grep",
            "-I",
            "-l",
            "-z",
            "--full-name",
            "--fixed-strings",
        ]);
        for word in words {
            command = command.arg("-e").arg(word);
        }
        let found = command.arg(commit.as_str()).found(None)?;
        let before = format!("{commit}:");
        Ok(texts(&found.unwrap_or_default())
            .filter_map(|name| name.strip_prefix(&before))
            .map(str::to_owned)
            .collect())
    }

    /// Whether a commit has anything at a path. What cannot be named on one line
    /// counts as there.
    pub fn is_at(&self, commit: &CommitId, path: &Path) -> Result<bool, GitError> {
        match path.to_str().filter(|path| !path.contains('\n')) {
            Some(path) => Ok(self.objects().read(&format!("{commit}:{path}"))?.is_some()),
            None => Ok(true),
        }
    }

    /// Returns what paths are in commits. `None` stands for what is not there,
    /// is no file, or cannot be named on one line.
    pub fn contents_at(
        &self,
        wanted: &[(&CommitId, &Path)],
    ) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        let one = |(commit, path): &(&CommitId, &Path)| {
            let Some(path) = path.to_str() else {
                return Ok(None);
            };
            let found = self.objects().read(&format!("{commit}:{path}"))?;
            let blob = found.filter(|object| object.kind == ObjectKind::Blob);
            Ok(blob.map(|object| object.bytes))
        };
        wanted.iter().map(one).collect()
    }
}

fn texts(stdout: &[u8]) -> impl Iterator<Item = &str> {
    stdout
        .split(|&byte| byte == 0)
        .filter_map(|name| std::str::from_utf8(name).ok())
        .filter(|name| !name.is_empty())
}
