//! Beginning an undertaking, and its end.

use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use piton_durable::platform::{Processes, RealProcesses};
use piton_durable::{Disk, RealDisk, create_dirs};

use super::clear::{clear, clear_tables, mark, take_away};
use super::record::{Move, Record, failed};
use super::{ALIVE, HOME, TABLES};
use crate::program::GitCommand;
use crate::{GitError, Repository};

/// How often a race with somebody who clears up is run again.
const RACES: usize = 16;

/// A piece of work under way. While it lives, nobody clears it away.
#[derive(Debug)]
pub(crate) struct Undertaking {
    dir: PathBuf,
    token: String,
    alive: File,
    record: Record,
    over: bool,
    common: PathBuf,
    top: PathBuf,
}

impl Undertaking {
    /// Says what is about to be done.
    pub(crate) fn begin(repository: &Repository, what: &str) -> Result<Self, GitError> {
        Self::noted(repository, what, None)
    }

    /// The same of moving one reference, which a power cut may forget.
    pub(crate) fn of_move(
        repository: &Repository,
        what: &str,
        moves: Move,
    ) -> Result<Self, GitError> {
        Self::noted(repository, what, Some(moves))
    }

    fn noted(repository: &Repository, what: &str, moves: Option<Move>) -> Result<Self, GitError> {
        let home = repository.common().join(HOME);
        create_dirs(&RealDisk, &home)?;
        let own = below(repository.common(), repository.git_dir());
        let lock = |name: &str| join(&own, name);
        let mut record = Record {
            version: Record::VERSION,
            what: what.to_owned(),
            boot: RealProcesses.boot_id(),
            namespace: RealProcesses.namespace(),
            pid: RealProcesses.own_pid(),
            locks: vec![
                lock("HEAD.lock"),
                "packed-refs.lock".to_owned(),
                TABLES.to_owned(),
            ],
            index_lock: lock("index.lock"),
            git_dir: own,
            moves: None,
        };
        if let Some(moves) = moves {
            record.add(moves);
        }
        for _ in 0..RACES {
            let token = format!("{:016x}", RandomState::new().build_hasher().finish());
            let dir = home.join(&token);
            if let Some(alive) = set_up(&dir)? {
                let this = Self {
                    dir,
                    token,
                    alive,
                    record,
                    over: false,
                    common: repository.common().to_owned(),
                    top: repository.top().to_owned(),
                };
                this.record.write(&this.dir)?;
                return Ok(this);
            }
        }
        Err(failed(&home, io::ErrorKind::ResourceBusy.into()))
    }

    /// Says durably that a reference is about to move.
    pub(crate) fn moving(&mut self, moves: Move) -> Result<(), GitError> {
        self.record.add(moves);
        self.lasting()
    }

    /// Makes what was said last.
    pub(crate) fn lasting(&mut self) -> Result<(), GitError> {
        self.record.save(&self.dir)
    }

    /// Returns a file of this undertaking's own.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// What stands in a lock that this undertaking made.
    pub(super) fn mark(&self) -> String {
        mark(&self.token)
    }

    /// Lets a git live as part of this.
    pub(crate) fn command(&self, command: GitCommand) -> Result<GitCommand, GitError> {
        let alive = self
            .alive
            .try_clone()
            .map_err(|error| failed(&self.dir, error))?;
        Ok(command.holding(alive))
    }

    /// Removes what a git of this undertaking made and could not remove. Tells
    /// whether something stays that recovery has to see to.
    fn leaves_a_lock(&self) -> bool {
        clear_tables((&self.common, &self.top), &self.dir);
        let all = self.record.locks.iter().chain([&self.record.index_lock]);
        // What is on tables now may be another git's, and nothing tells.
        let all = all.filter(|lock| *lock != TABLES);
        let mut all = all.map(|lock| self.common.join(lock));
        all.any(|lock| lock.symlink_metadata().is_ok())
            && clear(
                (&self.common, &self.top),
                &self.dir,
                &self.token,
                &self.record,
            )
            .is_doubtful()
    }

    /// Leaves the record to recovery, which finishes what is left to do.
    pub(crate) fn leave_to_recovery(mut self) {
        self.over = true;
    }
}

impl Drop for Undertaking {
    fn drop(&mut self) {
        if !self.over && !self.leaves_a_lock() {
            // A record that stays names locks that are gone, and is cleared
            // away by whoever comes next.
            let _ = take_away(&self.dir);
        }
        // By hand: a child of another thread may hold the file for a moment.
        let _ = self.alive.unlock();
    }
}

/// Makes the directory and takes its lock; `None` when somebody who clears up
/// came in between.
fn set_up(dir: &Path) -> Result<Option<File>, GitError> {
    let gone = |kind| matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists);
    match RealDisk.create_dir(dir) {
        Err(error) if gone(error.kind()) => return Ok(None),
        done => done?,
    }
    let path = dir.join(ALIVE);
    let made = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path);
    let alive = match made {
        Err(error) if gone(error.kind()) => return Ok(None),
        made => made.map_err(|error| failed(&path, error))?,
    };
    if alive.try_lock().is_err() {
        return Ok(None);
    }
    let ours = alive
        .metadata()
        .map_err(|error| failed(&path, error))?
        .ino();
    let there = path
        .symlink_metadata()
        .is_ok_and(|there| there.ino() == ours);
    Ok(there.then_some(alive))
}

/// Names a worktree's own git directory from the shared one; the main one's is
/// the shared one itself.
fn below(common: &Path, git_dir: &Path) -> String {
    let below = git_dir.strip_prefix(common).unwrap_or(Path::new(""));
    below.to_string_lossy().into_owned()
}

pub(super) fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() {
        name.to_owned()
    } else {
        format!("{dir}/{name}")
    }
}
