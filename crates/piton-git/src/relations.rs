//! What a commit holds, and what of it changed together.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::program::GitCommand;
use crate::{CommitId, GitError, GitRead as _, Repository};

/// No path is longer than 4096 bytes, so the names of this many fit into a pipe
/// before git has read one: it prints while it reads.
const ASKED_AT_ONCE: usize = 15;

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
        let shown = command.shown().to_owned();
        let output = command.arg(commit.as_str()).output(None)?;
        match output.status.code() {
            Some(0) => {}
            Some(1) => return Ok(BTreeSet::new()),
            _ => return Err(crate::program::failure(shown, self.top(), &output)),
        }
        let before = format!("{commit}:");
        Ok(texts(&output.stdout)
            .filter_map(|name| name.strip_prefix(&before))
            .map(str::to_owned)
            .collect())
    }

    /// Returns what paths are in commits. `None` stands for what is not there,
    /// is no file, or cannot be named on one line.
    pub fn contents_at(
        &self,
        wanted: &[(&CommitId, &Path)],
    ) -> Result<Vec<Option<Vec<u8>>>, GitError> {
        let mut contents = Vec::with_capacity(wanted.len());
        for some in wanted.chunks(ASKED_AT_ONCE) {
            self.some_contents(some, &mut contents)?;
        }
        Ok(contents)
    }

    fn some_contents(
        &self,
        wanted: &[(&CommitId, &Path)],
        contents: &mut Vec<Option<Vec<u8>>>,
    ) -> Result<(), GitError> {
        let lines: Vec<Option<String>> = wanted
            .iter()
            .map(|(commit, path)| {
                let text = path.to_str().filter(|text| !text.contains('\n'));
                text.map(|text| format!("{commit}:{text}\n"))
            })
            .collect();
        let input: String = lines.iter().flatten().map(String::as_str).collect();
        let command = GitCommand::reading(self.top()).args(["cat-file", "--batch"]);
        let shown = command.shown().to_owned();
        let stdout = if input.is_empty() {
            Vec::new()
        } else {
            command.run_with(input.as_bytes())?
        };
        let mut rest = stdout.as_slice();
        for line in lines {
            contents.push(match line {
                None => None,
                Some(_) => one(&mut rest).ok_or_else(|| GitError::Unreadable {
                    command: shown.clone(),
                    what: "it ends too early".to_owned(),
                })?,
            });
        }
        Ok(())
    }
}

/// Reads one answer of `cat-file --batch`; the inner `None` is an object that
/// is no file or is not there.
#[expect(clippy::option_option, reason = "torn and missing differ here")]
fn one(rest: &mut &[u8]) -> Option<Option<Vec<u8>>> {
    let end = rest.iter().position(|&byte| byte == b'\n')?;
    let head = String::from_utf8_lossy(&rest[..end]).into_owned();
    *rest = &rest[end + 1..];
    if head.ends_with(" missing") {
        return Some(None);
    }
    let mut fields = head.rsplit(' ');
    let size: usize = fields.next()?.parse().ok()?;
    let kind = fields.next()?;
    let bytes = rest.get(..size)?.to_vec();
    *rest = rest.get(size + 1..)?;
    Some((kind == "blob").then_some(bytes))
}

fn texts(stdout: &[u8]) -> impl Iterator<Item = &str> {
    stdout
        .split(|&byte| byte == 0)
        .filter_map(|name| std::str::from_utf8(name).ok())
        .filter(|name| !name.is_empty())
}
