//! Git's index: its lock, held from before the first path to after the last,
//! and the entries of the changed paths alone.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

use piton_durable::{Disk, Kind};

use super::away::{self, Split};
use super::change::{PathChange, TreeEntry};
use super::edited::{Edits, Wanted, edited, named};
use super::error::LandError;
use crate::program::GitCommand;
use crate::slot::Filters;
use crate::stale::{self, Seen};
use crate::undertaking::{self, Undertaking};
use crate::{GitError, GitRead, Repository};

/// How often the lock is tried again, and how long is waited between: an
/// editor's `git status` holds it for a moment.
const TRIES: u32 = 30;
const PAUSE: Duration = Duration::from_millis(100);

/// Git's own lock on the index. While it is held no other git changes the
/// index, commits in this tree or checks anything out here. It says whose it
/// is, so that recovery knows it from that of any other git.
#[derive(Debug)]
pub(super) struct IndexLock(undertaking::IndexLock);

impl IndexLock {
    pub(super) fn take(repository: &Repository, under: &Undertaking) -> Result<Self, LandError> {
        let mut first: Option<Option<Seen>> = None;
        for turn in 0..=TRIES {
            let lock = match undertaking::IndexLock::take(under, repository) {
                Ok(lock) => return Ok(Self(lock)),
                Err(GitError::Locked { lock }) => lock,
                Err(error) => return Err(error.into()),
            };
            let seen = Seen::now(&lock);
            let is_same = first.get_or_insert(seen) == &seen;
            let dead = seen.is_some_and(Seen::is_older_than_this_boot)
                || (turn == TRIES - 1
                    && is_same
                    && seen.is_some()
                    && stale::nobody_holds(&lock, repository.top(), repository.common_dir()));
            if dead {
                stale::remove(&lock);
                continue;
            }
            if !is_same {
                first = Some(seen);
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "git's lock is a file; there is nothing to be woken by"
            )]
            std::thread::sleep(PAUSE);
        }
        let lock = repository.git_dir().join("index.lock");
        Err(GitError::Locked { lock }.into())
    }

    /// Makes the index that was built in `staged` the real one, durably, and
    /// lets go.
    pub(super) fn install(self, disk: &dyn Disk, staged: &Path) -> Result<(), LandError> {
        disk.sync_file(staged)?;
        Ok(self.0.replace(staged)?)
    }

    /// Lets go and leaves the index as it is.
    pub(super) fn release(self) {
        drop(self.0);
    }
}

/// Builds the index after the commit in `staged`, from the one before it.
pub(super) fn build(
    disk: &dyn Disk,
    repository: &Repository,
    git_dir: &Path,
    changes: &Split,
    staged: &Path,
) -> Result<(), LandError> {
    let index = git_dir.join("index");
    if by_hand(disk, &index, changes, staged)? {
        return Ok(());
    }
    match disk.read(&index) {
        Ok(bytes) => disk.write_new(staged, &bytes, 0o600)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let all = changes.here.iter().chain(&changes.away);
    let entries = all.map(|it| (it.path.as_path(), it.to.as_ref()));
    update(repository, Some(staged), entries)?;
    let stays = changes.away.iter().filter(|it| it.to.is_some());
    away::keep_away(repository, staged, stays.map(|it| it.path.as_path()))?;
    Ok(())
}

/// The same without a git, where the index is plain; tells whether it was done.
fn by_hand(
    disk: &dyn Disk,
    index: &Path,
    changes: &Split,
    staged: &Path,
) -> Result<bool, LandError> {
    let stat = disk.stat(index)?.filter(|stat| stat.kind == Kind::File);
    let Some((stat, written)) = stat.and_then(|stat| Some((stat, stat.modified?))) else {
        return Ok(false);
    };
    if !changes.away.is_empty() {
        return Ok(false);
    }
    let mut edits = Edits::new();
    for change in &changes.here {
        // Of its file git knows nothing: it looks itself.
        let wanted = (change.to.as_ref()).map(|entry| Wanted { entry, file: None });
        edits.insert(named(&change.path), wanted);
    }
    let Some(fresh) = edited(&disk.read(index)?, written, &edits) else {
        return Ok(false);
    };
    disk.write_new(staged, &fresh, stat.mode & 0o666)?;
    Ok(true)
}

/// Sets the entries of some paths; one without an entry goes.
pub(super) fn update<'e>(
    repository: &Repository,
    index: Option<&Path>,
    entries: impl Iterator<Item = (&'e Path, Option<&'e TreeEntry>)>,
) -> Result<(), GitError> {
    // What goes comes first: a file makes way for a directory of its name.
    let (gone, set): (Vec<_>, Vec<_>) = entries.partition(|(_, entry)| entry.is_none());
    let mut input = Vec::new();
    for (path, entry) in gone.into_iter().chain(set) {
        let line = match entry {
            Some(entry) => format!("{} {}\t", entry.mode, entry.object),
            None => format!("0 {}\t", "0".repeat(40)),
        };
        input.extend_from_slice(line.as_bytes());
        input.extend_from_slice(path.as_os_str().as_bytes());
        input.push(0);
    }
    let mut command = GitCommand::quietly(repository.top());
    if let Some(index) = index {
        command = command.env("GIT_INDEX_FILE", index);
    }
    command
        .args(["update-index", "-z", "--index-info"])
        .run_with(&input)
        .map(drop)
}

/// Writes the files of the new commit below `to`, as a checkout would: ends of
/// lines, filters, modes. Filters may write there alone, and where git-lfs keeps
/// what it fetches.
pub(super) fn check_out(
    repository: &Repository,
    (index, to): (&Path, &Path),
    changes: &[PathChange],
    filters: &Filters,
) -> Result<(), GitError> {
    let mut input = Vec::new();
    for change in changes.iter().filter(|change| change.to.is_some()) {
        input.extend_from_slice(change.path.as_os_str().as_bytes());
        input.push(0);
    }
    if input.is_empty() {
        return Ok(());
    }
    let mut prefix = std::ffi::OsString::from("--prefix=");
    prefix.push(to);
    prefix.push("/");
    let command = GitCommand::quietly(repository.top())
        .env("GIT_INDEX_FILE", index)
        .args(["checkout-index", "--quiet", "-z", "--stdin"])
        .arg(prefix);
    let lfs = repository.common_dir().join("lfs");
    filters
        .over(command, &[to.to_owned()], &[lfs], to)?
        .run_with(&input)
        .map(drop)
}
