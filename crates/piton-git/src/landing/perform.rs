//! Landing one commit.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, create_dirs, make_dirs, tree};

use super::away::{self, Split};
use super::change::{PathChange, changes};
use super::error::{LandError, Refusal};
use super::files::{self, Places};
use super::index::{self, IndexLock};
use super::intent::Intent;
use super::look;
use super::onto::Onto;
use super::plain::{self, Known, Plain};
use crate::branch_move::BranchMove;
use crate::program::GitCommand;
use crate::slot::Filters;
use crate::undertaking::{Move, Undertaking};
use crate::{CommitId, GitError, Repository};

/// A commit on its way to a branch. The caller holds piton's own lock.
#[derive(Clone, Debug)]
pub struct Landing<'a> {
    pub onto: &'a Onto,
    /// What the branch has to be at: the commit's only parent.
    pub base: &'a CommitId,
    pub commit: &'a CommitId,
    /// Where notes about landings are kept, in this clone's own state.
    pub notes: &'a Path,
    /// A name that no other landing has.
    pub token: &'a str,
    /// What the reference's log says.
    pub why: &'a str,
    /// How filters of the user's run, which see what an agent wrote.
    pub filters: &'a Filters,
    /// What is known already, where anything is.
    pub known: Option<Known<'a>>,
}

/// A commit that is on its branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landed {
    /// The branch is checked out here: its files and its index entries are the
    /// commit's.
    InTree { paths: usize },
    /// The branch is not checked out: it alone moved.
    BranchAlone,
}

/// Lands a commit, or changes nothing and says why.
pub fn land(
    disk: &dyn Disk,
    repository: &Repository,
    landing: &Landing<'_>,
) -> Result<Landed, LandError> {
    if !look::is_here(repository, landing.onto)? {
        look::is_branch(repository, landing.onto)?;
        look::not_elsewhere(repository, landing.onto)?;
        look::not_taken_along(repository, landing.onto)?;
        let mut under = begin(repository, landing)?;
        let moved = move_reference(repository, landing, &mut under);
        return moved.map(|()| Landed::BranchAlone).map_err(NotMoved::told);
    }
    let git_dir = git_dir(repository.top())?;
    look::under_way(&git_dir)?;
    let changes = changes(repository, landing.base, landing.commit)?;
    let changes = away::split(repository, changes)?;
    look::at_a_glance(repository, landing.base, &changes.here)?;

    let dir = landing.notes.join(landing.token);
    create_dirs(disk, &dir)?;
    let places = Places::new(repository.top(), &dir);
    let mut under = begin(repository, landing)?;
    let lock = match IndexLock::take(repository, &under) {
        Ok(lock) => lock,
        Err(error) => {
            let _ = tree::remove(disk, &dir);
            return Err(error);
        }
    };
    let landed = under_lock(
        disk, repository, landing, &git_dir, &places, &changes, &mut under,
    );
    match landed {
        Ok(()) => {
            lock.install(disk, &places.index())?;
            tree::remove(disk, &dir)?;
            Ok(Landed::InTree {
                paths: changes.here.len() + changes.away.len(),
            })
        }
        Err(error) => {
            lock.release();
            // Where putting back failed the note stays, for recovery.
            if !matches!(error, Halted::NotPutBack(_)) {
                tree::remove(disk, &dir)?;
            }
            Err(error.into())
        }
    }
}

/// Says what git may lock, before it does.
fn begin(repository: &Repository, landing: &Landing<'_>) -> Result<Undertaking, GitError> {
    Undertaking::begin(
        repository,
        &format!("the landing of {}", landing.commit.short()),
    )
}

/// What went wrong, and whether things are as they were.
enum Halted {
    PutBack(LandError),
    NotPutBack(LandError),
}

impl From<Halted> for LandError {
    fn from(halted: Halted) -> Self {
        match halted {
            Halted::PutBack(error) | Halted::NotPutBack(error) => error,
        }
    }
}

/// Does what needs git's lock on the index, up to moving the reference.
fn under_lock(
    disk: &dyn Disk,
    repository: &Repository,
    landing: &Landing<'_>,
    git_dir: &Path,
    places: &Places,
    changes: &Split,
    under: &mut Undertaking,
) -> Result<(), Halted> {
    let prepared = (|| {
        // The user may have done anything until the lock was taken.
        look::under_way(git_dir)?;
        if !look::is_here(repository, landing.onto)? {
            return Err(LandError::Refused(Refusal::Switched));
        }
        let all = changes.here.iter().chain(&changes.away).cloned().collect();
        if away::split(repository, all)?.names() != changes.names() {
            return Err(LandError::Refused(Refusal::Switched));
        }
        let here = &changes.here;
        let plain = Plain::look(repository, landing.known.as_ref(), here);
        let seen = look::paths(repository, landing.base, here, plain.as_ref())?;
        index::build(disk, repository, git_dir, changes, &places.index())?;
        let prepared = places.prepared();
        if plain.is_some() {
            write_out(disk, repository, &prepared, here)?;
        } else {
            if landing.filters.are_sealed() {
                // The seal can open only a directory that exists.
                create_dirs(disk, &prepared)?;
            }
            let places = (places.index(), prepared);
            index::check_out(repository, (&places.0, &places.1), here, landing.filters)?;
        }
        let prepared = files::prepare(disk, places, here)?;
        Intent {
            git_dir: git_dir.to_owned(),
            onto: landing.onto.clone(),
            base: landing.base.clone(),
            commit: landing.commit.clone(),
            prepared: prepared.clone(),
            away: changes.names(),
        }
        .write(disk, &landing.notes.join(landing.token))?;
        Ok((seen, prepared))
    })();
    let (seen, prepared) = prepared.map_err(Halted::PutBack)?;
    let done = files::apply(disk, places, &changes.here, &seen)
        .map_err(NotMoved::Surely)
        .and_then(|()| move_reference(repository, landing, under));
    done.map_err(|why| match why {
        NotMoved::Perhaps(error) => Halted::NotPutBack(error),
        NotMoved::Surely(error) => {
            match files::put_back(disk, places, &changes.here, &prepared, &|_| true) {
                Ok(_) => Halted::PutBack(error),
                Err(_) => Halted::NotPutBack(error),
            }
        }
    })
}

/// Why a reference was not seen to move.
enum NotMoved {
    Surely(LandError),
    /// Nobody could look: recovery finds out.
    Perhaps(LandError),
}

impl NotMoved {
    fn told(self) -> LandError {
        match self {
            Self::Surely(error) | Self::Perhaps(error) => error,
        }
    }
}

impl From<GitError> for NotMoved {
    fn from(error: GitError) -> Self {
        Self::Surely(error.into())
    }
}

/// Writes the files of the new commit below `to`, where they are as they are
/// stored. They get the modes that anything of the user's gets.
fn write_out(
    disk: &dyn Disk,
    repository: &Repository,
    to: &Path,
    changes: &[PathChange],
) -> Result<(), LandError> {
    // Not synced: the intent, written beside it, makes these names last too.
    make_dirs(disk, to)?;
    let looked = disk.stat(to)?;
    let usual = looked.map_or(0o755, |stat| stat.mode & 0o777);
    for change in changes {
        let Some(entry) = &change.to else { continue };
        let path = to.join(&change.path);
        if let Some(parent) = path.parent() {
            create_dirs(disk, parent)?;
        }
        let mode = if entry.runs() { usual } else { usual & 0o666 };
        let bytes = plain::stored(repository, entry)?;
        disk.write_new(&path, &bytes, mode)?;
    }
    Ok(())
}

/// Moves the reference, if it still is where the commit was made from.
fn move_reference(
    repository: &Repository,
    landing: &Landing<'_>,
    under: &mut Undertaking,
) -> Result<(), NotMoved> {
    let reference = landing.onto.reference();
    // The landing mends the index itself, so the record names no paths.
    under.moving(Move {
        reference: reference.clone(),
        from: Some(landing.base.to_string()),
        to: landing.commit.to_string(),
        paths: Vec::new(),
    })?;
    if let Some(moved) = moved_by_hand(repository, landing, &reference) {
        return said(repository, landing, &reference, moved);
    }
    let mut command = GitCommand::quietly(repository.top()).arg("update-ref");
    if landing.onto == &Onto::Detached {
        command = command.arg("--no-deref");
    }
    let moved = under
        .command(command)?
        .args(["--create-reflog", "-m", landing.why])
        .arg(&reference)
        .arg(landing.commit.as_str())
        .arg(landing.base.as_str())
        .run();
    said(repository, landing, &reference, moved.map(drop))
}

/// Moves a branch without a git, where that can be done and the time is known.
fn moved_by_hand(
    repository: &Repository,
    landing: &Landing<'_>,
    reference: &str,
) -> Option<Result<(), GitError>> {
    let moves = BranchMove {
        name: reference,
        from: landing.base,
        to: landing.commit,
        why: landing.why,
        now: landing.known?.now,
    };
    match landing.onto {
        Onto::Branch(_) => moves.perform(repository),
        Onto::Detached => None,
    }
}

/// Tells a branch that somebody moved from one that could not be moved, and
/// both from one that moved although what came after it failed.
fn said(
    repository: &Repository,
    landing: &Landing<'_>,
    reference: &str,
    moved: Result<(), GitError>,
) -> Result<(), NotMoved> {
    let Err(error) = moved else { return Ok(()) };
    let is_told = matches!(error, GitError::Failed { .. } | GitError::Moved { .. });
    let refused = |why| NotMoved::Surely(LandError::Refused(why));
    Err(match tip(repository, reference) {
        Ok(Some(tip)) if tip == *landing.commit => return Ok(()),
        Ok(None) if is_told => refused(Refusal::Gone),
        Ok(Some(tip)) if is_told && tip != *landing.base => refused(Refusal::Moved { tip }),
        Ok(_) => error.into(),
        Err(_) => NotMoved::Perhaps(error.into()),
    })
}

/// Returns the commit that a reference is at.
pub(super) fn tip(repository: &Repository, reference: &str) -> Result<Option<CommitId>, GitError> {
    let id = GitCommand::reading(repository.top())
        .args(["rev-parse", "--verify", "--quiet"])
        .arg(format!("{reference}^{{commit}}"))
        .found_line()?;
    Ok(id.and_then(|id| id.parse().ok()))
}

/// Returns the git directory of this working tree, which is not the one that
/// linked worktrees share.
fn git_dir(top: &Path) -> Result<PathBuf, LandError> {
    let path = top.join(".git");
    let text = match std::fs::symlink_metadata(&path) {
        Ok(meta) if meta.is_file() => {
            std::fs::read_to_string(&path).map_err(LandError::io("read", &path))?
        }
        Ok(_) => return Ok(path),
        Err(error) => return Err(LandError::io("look at", &path)(error)),
    };
    let named = text.trim_end().strip_prefix("gitdir: ").unwrap_or(".git");
    Ok(top.join(named))
}
