//! What a commit changes, path by path.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use crate::program::GitCommand;
use crate::{CommitId, GitError, GitRead, Repository};

/// One path as a tree holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// As git writes it: `100644`, `100755`, `120000`, `160000`.
    pub mode: String,
    pub object: String,
}

impl TreeEntry {
    pub(super) fn is_submodule(&self) -> bool {
        self.mode == "160000"
    }
}

/// One path that differs between two commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathChange {
    /// From the top of the working tree.
    pub path: PathBuf,
    pub from: Option<TreeEntry>,
    pub to: Option<TreeEntry>,
}

/// Returns what differs between two commits, in git's order of paths.
pub fn changes(
    repository: &Repository,
    base: &CommitId,
    commit: &CommitId,
) -> Result<Vec<PathChange>, GitError> {
    let command = GitCommand::reading(repository.top())
        .args(["diff-tree", "-r", "-z", "--raw", "--no-renames"])
        .args(["--no-abbrev", "--no-commit-id"])
        .arg(base.as_str())
        .arg(commit.as_str());
    let shown = command.shown().to_owned();
    let stdout = command.run()?;
    parse(&stdout).ok_or_else(|| GitError::Unreadable {
        command: shown,
        what: "a line is not as expected".to_owned(),
    })
}

/// Reads `:oldmode newmode oldid newid status NUL path NUL`, again and again.
fn parse(stdout: &[u8]) -> Option<Vec<PathChange>> {
    let mut fields = stdout.split(|&byte| byte == 0);
    let mut changes = Vec::new();
    while let Some(head) = fields.next().filter(|head| !head.is_empty()) {
        let head = std::str::from_utf8(head).ok()?.strip_prefix(':')?;
        let mut words = head.split(' ');
        let (old_mode, new_mode) = (words.next()?, words.next()?);
        let (old, new) = (words.next()?, words.next()?);
        let entry = |mode: &str, object: &str| {
            (mode != "000000").then(|| TreeEntry {
                mode: mode.to_owned(),
                object: object.to_owned(),
            })
        };
        changes.push(PathChange {
            path: PathBuf::from(OsString::from_vec(fields.next()?.to_vec())),
            from: entry(old_mode, old),
            to: entry(new_mode, new),
        });
    }
    Some(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_change_is_read_and_nonsense_is_refused() {
        let text = b":100644 000000 aa 00 D\0gone\0:000000 120000 00 bb A\0a b\nc\0";
        let changes = parse(text).unwrap();
        assert_eq!(changes.len(), 2);
        assert!(changes[0].to.is_none());
        assert_eq!(changes[1].to.as_ref().unwrap().mode, "120000");
        assert_eq!(changes[1].path, PathBuf::from("a b\nc"));
        assert!(parse(b"what\0").is_none());
        assert!(parse(b":100644 100644 aa\0x\0").is_none());
    }
}
