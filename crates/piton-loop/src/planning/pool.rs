//! Worktrees in which agents work, kept from one call to the next.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_durable::{Disk, Holder, Lock, LockError, LockGuard, TreeError, WriteError, tree};
use piton_git::{CommitId, Git, GitError, GitRead, Repository};

use super::site::Site;

/// More calls at once than this would not be planning any more.
const SLOTS: u32 = 64;

/// No worktree could be had.
#[derive(Debug, thiserror::Error)]
pub enum PoolError {
    #[error("take a worktree for the agent")]
    Lock(#[source] LockError),
    #[error("take a worktree for the agent: all {SLOTS} are in use")]
    Full,
    #[error(transparent)]
    Directory(#[from] WriteError),
    #[error("clear the worktree for the agent")]
    Clear(#[from] TreeError),
    #[error("look at the worktree for the agent in {}", path.display())]
    Look {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("prepare a worktree for the agent")]
    Git(#[from] GitError),
}

/// A worktree that is this call's alone until it is dropped.
#[derive(Debug)]
pub struct Bench {
    repository: Repository,
    _guard: LockGuard,
}

impl Bench {
    /// Takes the first free worktree of the pool and puts it at `commit`.
    /// Ignored files from earlier calls stay: they are caches.
    pub fn take(
        disk: &dyn Disk,
        git: &dyn Git,
        site: &Site,
        commit: &CommitId,
        holder: &Holder,
    ) -> Result<Self, PoolError> {
        let trees = site.trees();
        piton_durable::create_dirs(disk, &trees)?;
        for slot in 1..=SLOTS {
            let lock = Lock::at(trees.join(format!("{slot}.lock")));
            let guard = match lock.acquire(holder, Duration::ZERO) {
                Ok(guard) => guard,
                Err(LockError::Held { .. }) => continue,
                Err(error) => return Err(PoolError::Lock(error)),
            };
            let repository = prepare(disk, git, &trees.join(slot.to_string()), commit)?;
            return Ok(Self {
                repository,
                _guard: guard,
            });
        }
        Err(PoolError::Full)
    }

    pub fn path(&self) -> &Path {
        self.repository.top()
    }

    pub fn repository(&self) -> &Repository {
        &self.repository
    }
}

/// Puts an existing worktree back to `commit`, or makes a new one.
fn prepare(
    disk: &dyn Disk,
    git: &dyn Git,
    path: &Path,
    commit: &CommitId,
) -> Result<Repository, PoolError> {
    let there = disk.stat(path).map_err(|source| PoolError::Look {
        path: path.to_owned(),
        source,
    })?;
    if there.is_some() {
        if let Some(repository) = usable(git, path)
            && repository.reset_to(commit).is_ok()
        {
            return Ok(repository);
        }
        // Half made, or spoilt by an agent: nothing in it is worth anything.
        tree::remove(disk, path)?;
    }
    git.prune_worktrees()?;
    git.add_worktree(path, commit)?;
    Ok(Repository::find(path)?)
}

/// Returns the worktree if it is still one of this very repository.
fn usable(git: &dyn Git, path: &Path) -> Option<Repository> {
    let repository = Repository::find(path).ok()?;
    (repository.top() == path && repository.common_dir() == git.common_dir()).then_some(repository)
}
