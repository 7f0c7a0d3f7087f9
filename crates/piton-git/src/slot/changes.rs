//! What an agent changed in a slot.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use piton_durable::DiskRead;

use super::SlotError;
use super::filters::SlotGit;
use crate::GitError;
use crate::program::GitCommand;

/// How one path of a slot differs from the commit that it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotChangeKind {
    /// A tracked file with other content, another mode or another kind.
    Changed,
    /// A tracked file that is gone.
    Deleted,
    /// A new file that git does not ignore.
    Made,
    /// A new directory that is a repository of its own.
    Repository,
}

/// One path that differs, relative to the slot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SlotChange {
    pub path: PathBuf,
    pub kind: SlotChangeKind,
}

impl SlotChange {
    /// Whether nothing stood there.
    pub fn is_new(&self) -> bool {
        match self.kind {
            SlotChangeKind::Made | SlotChangeKind::Repository => true,
            SlotChangeKind::Changed | SlotChangeKind::Deleted => false,
        }
    }
}

/// Everything that differs, but for what git ignores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<SlotChange>);

impl Changes {
    /// Asks piton's own git, never the slot's.
    pub(super) fn look(git: &SlotGit) -> Result<Self, SlotError> {
        let command = git.command()?.args([
            "status",
            "--porcelain=v2",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignore-submodules=all",
        ]);
        let shown = command.shown().to_owned();
        let stdout = command.run_seeing_all_of_ours()?;
        let found = parse(&stdout).map_err(|what| GitError::Unreadable {
            command: shown,
            what,
        })?;
        let real =
            |found: &Found| !(found.may_be_line_endings && is_as_laid_out(git, &found.change.path));
        let changes = found.into_iter().filter(real).map(|found| found.change);
        Ok(Self(changes.collect()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Splits into what lies below `allowed` and what does not.
    pub fn split(self, allowed: &Path) -> (Self, Self) {
        let (inside, outside) = self
            .0
            .into_iter()
            .partition(|change| change.path.starts_with(allowed));
        (Self(inside), Self(outside))
    }

    /// Refuses repositories, and more new content than `limit` bytes.
    pub fn refuse_unfit(
        &self,
        disk: &dyn DiskRead,
        slot: &Path,
        limit: u64,
    ) -> Result<(), SlotError> {
        let (mut bytes, mut largest) = (0_u64, (0_u64, PathBuf::new()));
        for change in &self.0 {
            match change.kind {
                SlotChangeKind::Repository => {
                    return Err(SlotError::Repository {
                        path: change.path.clone(),
                    });
                }
                SlotChangeKind::Deleted => {}
                SlotChangeKind::Changed | SlotChangeKind::Made => {
                    let path = slot.join(&change.path);
                    let stat = disk.stat(&path)?;
                    let len = stat.map_or(0, |stat| stat.len);
                    bytes = bytes.saturating_add(len);
                    if len > largest.0 {
                        largest = (len, change.path.clone());
                    }
                }
            }
        }
        if bytes > limit {
            return Err(SlotError::TooMuchNew {
                bytes,
                limit,
                largest: largest.1,
                largest_bytes: largest.0,
            });
        }
        Ok(())
    }
}

/// One record of what git found.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    change: SlotChange,
    /// A file of the same mode, of which only the content differs.
    may_be_line_endings: bool,
}

/// Tells whether a file is what laying the commit out makes of it.
///
/// A file whose line endings do not go in as they come out differs from its
/// commit from the start. Git only notices when it happens to look again, and
/// nobody must be blamed for it then.
fn is_as_laid_out(git: &SlotGit, path: &Path) -> bool {
    let file = git.file(path);
    let is_file = std::fs::symlink_metadata(&file).is_ok_and(|meta| meta.is_file());
    let Some(found) = is_file.then(|| std::fs::read(&file).ok()).flatten() else {
        return false;
    };
    if !found.windows(2).any(|pair| pair == b"\r\n") {
        return false;
    }
    let mut named = OsString::from("HEAD:");
    named.push(path);
    let command = git.command();
    let command = command.map(|command| command.args(["cat-file", "--filters"]).arg(&named));
    command
        .and_then(GitCommand::run)
        .is_ok_and(|bytes| bytes == found)
}

/// Reads `--porcelain=v2 -z`.
fn parse(stdout: &[u8]) -> Result<Vec<Found>, String> {
    let mut all = Vec::new();
    for record in stdout.split(|&byte| byte == 0).filter(|r| !r.is_empty()) {
        // What stands after so many fields, spaces included.
        let after = |n: usize| record.splitn(n + 1, |&byte| byte == b' ').nth(n);
        let field = |n: usize| record.split(|&byte| byte == b' ').nth(n);
        let mut may_be_line_endings = false;
        let (kind, path) = match record[0] {
            b'1' if field(1).is_some_and(|states| states.ends_with(b"D")) => {
                (SlotChangeKind::Deleted, after(8))
            }
            b'1' => {
                may_be_line_endings = field(3).is_some() && field(3) == field(5);
                (SlotChangeKind::Changed, after(8))
            }
            b'?' if record.ends_with(b"/") => (SlotChangeKind::Repository, after(1)),
            b'?' => (SlotChangeKind::Made, after(1)),
            _ => return Err(format!("record {:?}", String::from_utf8_lossy(record))),
        };
        let path = path
            .filter(|path| !path.is_empty())
            .ok_or_else(|| format!("short record {:?}", String::from_utf8_lossy(record)))?;
        let path = path.strip_suffix(b"/").unwrap_or(path);
        all.push(Found {
            change: SlotChange {
                path: PathBuf::from(OsString::from_vec(path.to_vec())),
                kind,
            },
            may_be_line_endings,
        });
    }
    all.sort_unstable_by(|a, b| a.change.cmp(&b.change));
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_record_is_told() {
        let out = b"1 .M N... 100644 100644 100644 aaaa bbbb a b.txt\0? inner/\0? n w\0\
            1 .D N... 100644 100644 000000 aaaa bbbb gone\0";
        let got: Vec<_> = parse(out)
            .unwrap()
            .into_iter()
            .map(|found| (found.change.path.display().to_string(), found.change.kind))
            .collect();
        assert_eq!(
            got,
            [
                ("a b.txt".to_owned(), SlotChangeKind::Changed),
                ("gone".to_owned(), SlotChangeKind::Deleted),
                ("inner".to_owned(), SlotChangeKind::Repository),
                ("n w".to_owned(), SlotChangeKind::Made),
            ]
        );
    }

    #[test]
    fn what_is_not_understood_is_an_error_and_no_panic() {
        for wrong in [&b"x what"[..], b"1 .M", b"?", b"? ", b"u UU"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
