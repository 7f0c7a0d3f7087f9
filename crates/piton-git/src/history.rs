//! What a path was in earlier commits.

use std::path::{Path, PathBuf};

use crate::objects::ObjectKind;
use crate::program::GitCommand;
use crate::{CommitId, GitError, Repository};

/// One commit that touched a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    pub commit: CommitId,
    /// Seconds since 1970.
    pub time: i64,
    pub subject: String,
}

/// A file as it stood in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileAt {
    /// Below the directory that was asked for.
    pub path: String,
    pub bytes: Vec<u8>,
}

/// No path has a longer history here than people would read.
const MOST: &str = "--max-count=2000";

impl Repository {
    /// Returns the commits that touched what is at `path`, the newest first.
    pub fn history(&self, path: &Path) -> Result<Vec<LogEntry>, GitError> {
        let text = GitCommand::reading(self.top())
            .args(["log", MOST, "--format=%H %ct %s", "HEAD"])
            .paths(&[path])
            .line()?;
        Ok(text
            .lines()
            .filter_map(|line| {
                let (commit, rest) = line.split_once(' ')?;
                let (time, subject) = rest.split_once(' ').unwrap_or((rest, ""));
                Some(LogEntry {
                    commit: commit.parse().ok()?,
                    time: time.parse().ok()?,
                    subject: subject.to_owned(),
                })
            })
            .collect())
    }

    /// Returns a file as the commit at HEAD has it; `None` where it has none.
    pub fn file_at_head(&self, path: &Path) -> Result<Option<Vec<u8>>, GitError> {
        match self.head()? {
            Some(commit) => self.file_at(&commit, path),
            None => Ok(None),
        }
    }

    /// Returns what a file was in the newest commits that changed it, newest
    /// first.
    pub fn file_versions(&self, path: &Path, most: usize) -> Vec<Vec<u8>> {
        let log = GitCommand::reading(self.top())
            .args(["log", "--format=%H", &format!("--max-count={most}"), "--"])
            .arg(path);
        let Ok(listed) = log.run() else {
            return Vec::new();
        };
        let listed = String::from_utf8_lossy(&listed);
        let versions = listed.lines().filter_map(|commit| {
            let found = self.objects().read(&format!("{commit}:{}", path.to_str()?));
            let found = found.ok()??;
            (found.kind == ObjectKind::Blob).then_some(found.bytes)
        });
        versions.collect()
    }

    /// Returns one file as it stood in a commit; `None` where it did not.
    pub fn file_at(&self, commit: &CommitId, path: &Path) -> Result<Option<Vec<u8>>, GitError> {
        let mut found = self.contents_at(&[(commit, path)])?;
        Ok(found.pop().flatten())
    }

    /// Returns every file below `dir` as it stood in a commit.
    pub fn files_at(&self, commit: &CommitId, dir: &Path) -> Result<Vec<FileAt>, GitError> {
        let mut files = Vec::new();
        for name in self.names_at(commit, dir)? {
            let Some(path) = name.strip_prefix(dir).ok().and_then(Path::to_str) else {
                continue;
            };
            if let Some(bytes) = self.file_at(commit, &name)? {
                files.push(FileAt {
                    path: path.to_owned(),
                    bytes,
                });
            }
        }
        Ok(files)
    }

    /// Returns what changed below `path` between two commits, as git shows it.
    pub fn changes_between(
        &self,
        from: &CommitId,
        to: &CommitId,
        path: &Path,
        colour: bool,
    ) -> Result<String, GitError> {
        let colour = if colour {
            "--color=always"
        } else {
            "--color=never"
        };
        let bytes = GitCommand::reading(self.top())
            .args(["diff", colour, "--no-ext-diff", from.as_str(), to.as_str()])
            .paths(&[path])
            .run()?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn names_at(&self, commit: &CommitId, path: &Path) -> Result<Vec<PathBuf>, GitError> {
        let bytes = GitCommand::reading(self.top())
            .args(["ls-tree", "-r", "-z", "--name-only", commit.as_str()])
            .paths(&[path])
            .run()?;
        Ok(bytes
            .split(|byte| *byte == 0)
            .filter(|name| !name.is_empty())
            .map(|name| PathBuf::from(String::from_utf8_lossy(name).into_owned()))
            .collect())
    }
}
