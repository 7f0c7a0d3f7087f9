//! After a crash: finishing a landing whose reference moved, putting back any
//! other. The work itself is held by a reference of piton's own and lands again.

use std::io;
use std::path::{Path, PathBuf};

use piton_base::StateDir;
use piton_durable::transaction::keep;
use piton_durable::{Disk, DiskRead as _, Kind, RealDisk, tree};

use super::away::Split;
use super::change::{PathChange, TreeEntry, changes};
use super::compose::parent_of;
use super::error::LandError;
use super::files::{self, Places};
use super::hold;
use super::index::{self, IndexLock};
use super::intent::{Intent, Note};
use super::perform::tip;
use super::proof;
use crate::program::GitCommand;
use crate::stale;
use crate::undertaking::{self, Undertaking};
use crate::{CommitId, GitError, GitRead, Repository};

/// What was done about one landing that was cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// It had begun to prepare, and nothing else.
    NothingTouched,
    /// The branch had moved; the index followed.
    Finished { commit: CommitId },
    /// The files are as before; some of them somebody changed meanwhile, and
    /// those are as they are.
    PutBack {
        commit: CommitId,
        left: Vec<PathBuf>,
        /// Where the landing's files are kept, if some of them are in no commit.
        kept: Option<PathBuf>,
    },
    /// What stood there was no note of ours; it is kept here.
    SetAside { kept: PathBuf, reason: String },
}

/// Whether a dead process may have left anything. Nearly always it has not,
/// and then no lock need be taken.
pub fn is_anything_left(disk: &dyn Disk, repository: &Repository, notes: &Path) -> bool {
    // If the notes cannot be listed, there may be some.
    (disk.list_if_there(notes)).map_or(true, |entries| !entries.is_empty())
        || undertaking::is_anything_left(repository.common_dir())
        || hold::any_own_locks(repository)
}

/// Recovers every landing that a dead process left in `notes`. The caller
/// holds piton's own lock, so none of them is alive.
pub fn recover(
    disk: &dyn Disk,
    repository: &Repository,
    notes: &Path,
) -> Result<Vec<Recovered>, LandError> {
    hold::free_own_locks(repository)?;
    let entries = match disk.list(notes) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    // What the landing's gits left locked goes first: it is known by its record.
    undertaking::recover(repository)?;
    let mut recovered = Vec::new();
    for entry in entries.into_iter().filter(|it| it.kind == Kind::Dir) {
        let dir = notes.join(&entry.name);
        match Intent::read(disk, &dir)? {
            Note::None => {
                free_lock(repository, repository.git_dir());
                recovered.push(Recovered::NothingTouched);
            }
            Note::Newer => continue,
            // Its files are those of another working tree, which is to be
            // recovered there.
            Note::Whole(intent) => match whose(repository, &intent)? {
                Whose::Ours => {
                    let done = one(disk, repository, &dir, &intent)?;
                    let is_aside = matches!(
                        &done,
                        Recovered::SetAside { .. } | Recovered::PutBack { kept: Some(_), .. }
                    );
                    recovered.push(done);
                    if is_aside {
                        continue;
                    }
                }
                Whose::Anothers => continue,
                Whose::Nobodys => {
                    let reason = "its working tree is gone".to_owned();
                    recovered.push(set_aside(disk, repository, &dir, reason)?);
                    continue;
                }
            },
            Note::Unreadable(reason) => {
                recovered.push(set_aside(disk, repository, &dir, reason)?);
                continue;
            }
        }
        tree::remove(disk, &dir)?;
    }
    Ok(recovered)
}

/// Whose files a landing was about.
enum Whose {
    Ours,
    Anothers,
    Nobodys,
}

fn whose(repository: &Repository, intent: &Intent) -> Result<Whose, LandError> {
    let ours = RealDisk.resolve(repository.git_dir())?;
    Ok(match RealDisk.resolve(&intent.git_dir) {
        Ok(theirs) if theirs == ours => Whose::Ours,
        Ok(_) => Whose::Anothers,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Whose::Nobodys,
        Err(error) => return Err(error.into()),
    })
}

fn set_aside(
    disk: &dyn Disk,
    repository: &Repository,
    dir: &Path,
    reason: String,
) -> Result<Recovered, LandError> {
    let kept = keep_aside(disk, repository, dir)?;
    Ok(Recovered::SetAside { kept, reason })
}

fn keep_aside(disk: &dyn Disk, repository: &Repository, dir: &Path) -> Result<PathBuf, LandError> {
    let failures = StateDir::of(repository.common_dir()).failures();
    keep(disk, dir, &failures)
        .map_err(|error| LandError::io("set aside", dir)(io::Error::other(error)))
}

fn one(
    disk: &dyn Disk,
    repository: &Repository,
    dir: &Path,
    intent: &Intent,
) -> Result<Recovered, LandError> {
    // The directory of this repository, not the one that the note names.
    let git_dir = repository.git_dir();
    free_lock(repository, git_dir);
    let changes = match meant(repository, intent) {
        Ok(changes) => changes,
        Err(Unfounded::Told(error)) => return Err(error.into()),
        Err(Unfounded::Refuted(reason)) => return set_aside(disk, repository, dir, reason),
    };
    let changes = Split::noted(changes, &intent.away);
    let commit = intent.commit.clone();
    if holds(repository, intent)? {
        let under = Undertaking::begin(repository, &format!("the landing of {}", commit.short()))?;
        let lock = IndexLock::take(repository, &under)?;
        let staged = dir.join("recovered-index");
        let entries = Split {
            here: still_as_before(repository, &changes.here)?,
            away: still_as_before(repository, &changes.away)?,
        };
        let followed = index::build(disk, repository, git_dir, &entries, &staged);
        if let Err(error) = followed {
            lock.release();
            return Err(error);
        }
        lock.install(disk, &staged)?;
        return Ok(Recovered::Finished { commit });
    }
    let places = Places::new(repository.top(), dir);
    // The note is a file that others can write: it is believed only as far as
    // what is there is what the commit has.
    let is_ours = |change: &PathChange| {
        let file = places.top.join(&change.path);
        (change.to.as_ref())
            .is_some_and(|entry| proof::is_stored(repository, &file, &change.path, entry))
    };
    let left = files::put_back(disk, &places, &changes.here, &intent.prepared, &is_ours)?;
    let kept = if proof::is_all_stored(disk, repository, &places, &changes.here) {
        None
    } else {
        Some(keep_aside(disk, repository, dir)?)
    };
    Ok(Recovered::PutBack { commit, left, kept })
}

/// Why a note says nothing about files.
enum Unfounded {
    /// Git could not be asked.
    Told(GitError),
    Refuted(String),
}

/// Returns what the landing was to change, where the note can be true.
fn meant(repository: &Repository, intent: &Intent) -> Result<Vec<PathChange>, Unfounded> {
    let judged = |error: GitError| match error {
        GitError::Failed { .. } | GitError::Unreadable { .. } => {
            Unfounded::Refuted(piton_base::on_one_line(&error))
        }
        error => Unfounded::Told(error),
    };
    let parent = parent_of(repository, &intent.commit).map_err(judged)?;
    if parent != intent.base {
        return Err(Unfounded::Refuted(format!(
            "{} was not made on {}",
            intent.commit.short(),
            intent.base.short()
        )));
    }
    changes(repository, &intent.base, &intent.commit).map_err(judged)
}

/// Whether the reference moved: the commit is what it is at, or before it.
fn holds(repository: &Repository, intent: &Intent) -> Result<bool, GitError> {
    let Some(tip) = tip(repository, &intent.onto.reference())? else {
        return Ok(false);
    };
    if tip == intent.commit {
        return Ok(true);
    }
    // If git cannot answer, nothing is put back.
    let after = GitCommand::reading(repository.top())
        .args(["merge-base", "--is-ancestor"])
        .args([intent.commit.as_str(), tip.as_str()]);
    Ok(after.found(None)?.is_some())
}

/// Returns the changes whose index entries are still those before the commit;
/// what the user staged since is theirs.
fn still_as_before(
    repository: &Repository,
    changes: &[PathChange],
) -> Result<Vec<PathChange>, GitError> {
    let stdout = GitCommand::reading(repository.top())
        .args(["ls-files", "--stage", "-z"])
        .run()?;
    let mut staged = std::collections::HashMap::new();
    for line in stdout.split(|&byte| byte == 0) {
        let line = String::from_utf8_lossy(line);
        let Some((head, path)) = line.split_once('\t') else {
            continue;
        };
        let mut words = head.split(' ');
        if let (Some(mode), Some(object)) = (words.next(), words.next()) {
            let entry = TreeEntry {
                mode: mode.to_owned(),
                object: object.to_owned(),
            };
            staged.insert(path.to_owned(), entry);
        }
    }
    Ok(changes
        .iter()
        .filter(|it| staged.get(it.path.to_string_lossy().as_ref()) == it.from.as_ref())
        .cloned()
        .collect())
}

/// Removes the lock on the index that the dead landing held, where nobody can
/// be found who holds it now.
fn free_lock(repository: &Repository, git_dir: &Path) {
    let lock = git_dir.join("index.lock");
    let is_there = std::fs::symlink_metadata(&lock).is_ok();
    if is_there && stale::nobody_holds(&lock, repository.top(), repository.common_dir()) {
        stale::remove(&lock);
    }
}
