//! What git says about the working tree.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::program::GitCommand;
use crate::{CommitId, GitError, Repository};

/// How one path differs from the last commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Tracked, and changed in the index or the working tree.
    Modified,
    Unmerged,
    Untracked,
    Ignored,
}

/// One path that differs, relative to the top of the working tree. A whole
/// untracked or ignored directory is one entry and ends in a slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusEntry {
    pub path: PathBuf,
    pub change: Change,
}

/// What git says where nothing was committed yet, or where it could not read
/// what HEAD points at: then everything looks new.
const INITIAL: &[u8] = b"# branch.oid (initial)";

pub(crate) fn read(
    repository: &Repository,
    scope: &[&Path],
    with_ignored: bool,
) -> Result<Vec<StatusEntry>, GitError> {
    let mut command = GitCommand::reading(repository.top()).args([
        "status",
        "--porcelain=v2",
        "--branch",
        "--no-ahead-behind",
        "-z",
        "--no-renames",
        "--untracked-files=normal",
    ]);
    if with_ignored {
        command = command.arg("--ignored=matching");
    }
    if !scope.is_empty() {
        command = command.paths(scope);
    }
    let shown = command.shown().to_owned();
    let stdout = if scope.is_empty() {
        command.run_seeing_all_of_ours()?
    } else {
        command.run_seeing_all()?
    };
    let unreadable = |what| GitError::Unreadable {
        command: shown,
        what,
    };
    let seems_empty = stdout
        .split(|&byte| byte == 0)
        .any(|record| record == INITIAL);
    if seems_empty && repository.tip()?.commit.is_some() {
        return Err(unreadable("git did not see the last commit".to_owned()));
    }
    parse(&stdout).map_err(unreadable)
}

/// Returns the commit that is checked out, and which tracked paths differ from
/// it in the index or in the working tree, among `scope` or everywhere.
pub(crate) fn tracked(
    top: &Path,
    scope: &[&Path],
) -> Result<(Option<CommitId>, Vec<StatusEntry>), GitError> {
    let mut command = GitCommand::reading(top).args([
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--no-renames",
        "--untracked-files=no",
    ]);
    if !scope.is_empty() {
        command = command.paths(scope);
    }
    let shown = command.shown().to_owned();
    let stdout = command.run()?;
    let head = stdout
        .split(|&byte| byte == 0)
        .find_map(|record| record.strip_prefix(b"# branch.oid "))
        .and_then(|id| std::str::from_utf8(id).ok())
        .and_then(|id| id.parse().ok());
    match parse(&stdout) {
        Ok(entries) => Ok((head, entries)),
        Err(what) => Err(GitError::Unreadable {
            command: shown,
            what,
        }),
    }
}

/// Reads `--porcelain=v2 -z`: records end in NUL; the path is the last field.
fn parse(stdout: &[u8]) -> Result<Vec<StatusEntry>, String> {
    let mut entries = Vec::new();
    for record in stdout
        .split(|&byte| byte == 0)
        .filter(|record| !record.is_empty())
    {
        let (change, fields_before_path) = match record[0] {
            b'1' => (Change::Modified, 8),
            b'u' => (Change::Unmerged, 10),
            b'?' => (Change::Untracked, 1),
            b'!' => (Change::Ignored, 1),
            b'#' => continue,
            _ => {
                return Err(format!(
                    "unknown record {:?}",
                    String::from_utf8_lossy(record)
                ));
            }
        };
        let path = record
            .splitn(fields_before_path + 1, |&byte| byte == b' ')
            .nth(fields_before_path)
            .ok_or_else(|| format!("short record {:?}", String::from_utf8_lossy(record)))?;
        entries.push(StatusEntry {
            path: PathBuf::from(OsString::from_vec(path.to_vec())),
            change,
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_record_gives_its_path() {
        let out = b"1 .M N... 100644 100644 100644 aaaa bbbb a b.txt\0? new dir/\0! target/\0\
            u UU N... 1 2 3 4 a b c both.txt\0# branch.oid x\0";
        let got: Vec<_> = parse(out)
            .unwrap()
            .into_iter()
            .map(|e| (e.path.display().to_string(), e.change))
            .collect();
        assert_eq!(
            got,
            [
                ("a b.txt".to_owned(), Change::Modified),
                ("new dir/".to_owned(), Change::Untracked),
                ("target/".to_owned(), Change::Ignored),
                ("both.txt".to_owned(), Change::Unmerged),
            ]
        );
    }

    #[test]
    fn what_is_not_understood_is_an_error_and_no_panic() {
        assert!(parse(b"x what").is_err());
        assert!(parse(b"1 .M").is_err());
    }
}
