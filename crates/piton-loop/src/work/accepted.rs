//! Work that was accepted: a commit, held until it has landed.

use std::path::{Path, PathBuf};

use piton_base::StateDir;
use piton_durable::{Disk, DiskRead, WriteError, write_atomic};
use piton_git::landing::{Onto, hold, parent_of, release};
use piton_git::slot::held::{self, HeldRef};
use piton_git::{CommitId, GitError, Repository};
use serde::{Deserialize, Serialize};

/// A commit that is to land.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// What it is held by, and known by.
    pub name: String,
    pub base: CommitId,
    pub commit: CommitId,
    pub onto: Onto,
    pub subject: String,
    /// The migration that it is about.
    pub slug: Option<String>,
    /// The files of the target that it is about.
    pub files: Vec<String>,
    /// Whether piton's own checks were asked about it.
    pub validated: bool,
}

/// Work could not be held, or what is held not be read.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("{0:?} is not a name of accepted work")]
    Name(String),
}

/// The note beside the reference: where the work is to land.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    branch: Option<String>,
    base: String,
    /// The commit that was made on that base. Where the reference names another
    /// one, a kill came between the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
    validated: bool,
}

/// A note larger than this is none of piton's.
const MOST: u64 = 1 << 20;
/// How many bytes of names a note has room for, however they are written.
const ROOM: usize = 128 << 10;

/// Returns as many of the files as a note has room for.
fn named(files: &[String]) -> Vec<String> {
    let mut room = ROOM;
    files
        .iter()
        .take_while(|file| {
            let left = room.checked_sub(file.len() + 1);
            room = left.unwrap_or_default();
            left.is_some()
        })
        .cloned()
        .collect()
}

/// Where notes about work that has not landed are, in this clone's own state.
pub fn notes(state: &Path) -> PathBuf {
    StateDir::at(state).unlanded()
}

impl Accepted {
    /// Returns what people know it by: its migration, else its subject.
    pub(crate) fn target(&self) -> &str {
        self.slug.as_deref().unwrap_or(&self.subject)
    }

    /// Holds the commit by a reference of piton's own. From now on nothing is
    /// lost with the slot it was made in.
    pub fn hold(
        &self,
        disk: &dyn Disk,
        repository: &Repository,
        state: &Path,
    ) -> Result<(), HoldError> {
        let note = Note {
            version: 1,
            branch: match &self.onto {
                Onto::Branch(name) => Some(name.clone()),
                Onto::Detached => None,
            },
            base: self.base.to_string(),
            commit: Some(self.commit.to_string()),
            subject: self.subject.clone(),
            slug: self.slug.clone(),
            files: named(&self.files),
            validated: self.validated,
        };
        // Nothing in it can fail to be written as JSON.
        let bytes = serde_json::to_vec(&note).unwrap_or_default();
        // The note comes first: a reference without one could land nowhere.
        write_atomic(disk, &self.note(state), &bytes, 0o600)?;
        Ok(hold(repository, &self.reference()?, &self.commit)?)
    }

    /// Lets go of what has landed.
    pub(crate) fn release(
        &self,
        disk: &dyn Disk,
        repository: &Repository,
        state: &Path,
    ) -> Result<(), HoldError> {
        release(repository, &self.reference()?, &self.commit)?;
        // A note without a reference says nothing.
        let _ = disk.remove_file(&self.note(state));
        Ok(())
    }

    fn reference(&self) -> Result<HeldRef, HoldError> {
        HeldRef::unlanded(&self.name).map_err(|_| HoldError::Name(self.name.clone()))
    }

    fn note(&self, state: &Path) -> PathBuf {
        notes(state).join(format!("{}.json", self.name))
    }
}

/// Work that is held, and whether it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    Work(Box<Accepted>),
    /// Its note is gone or torn; nobody knows where it was to land.
    Lost {
        name: String,
        commit: CommitId,
    },
}

impl Held {
    pub fn name(&self) -> &str {
        match self {
            Self::Work(work) => &work.name,
            Self::Lost { name, .. } => name,
        }
    }
}

/// Returns the work that has not landed, the oldest first.
pub fn all(
    disk: &dyn DiskRead,
    repository: &Repository,
    state: &Path,
) -> Result<Vec<Held>, GitError> {
    // The note comes before the reference and goes after it, so without a note
    // nothing is held, and git need not be asked.
    if disk.list_if_there(&notes(state))?.is_empty() {
        return Ok(Vec::new());
    }
    let held = held::unlanded(repository)?;
    let named = held.into_iter().filter_map(|(reference, commit)| {
        let name = reference.work()?.to_owned();
        Some((name, commit))
    });
    named
        .map(|(name, commit)| {
            let path = notes(state).join(format!("{name}.json"));
            let bytes = match disk.read_at_most(&path, MOST) {
                Ok(bytes) => Some(bytes),
                // Whom it is for may be known a moment later.
                Err(error) if error.may_pass() => return Err(error.into()),
                Err(_) => None,
            };
            let read = bytes
                .and_then(|bytes| serde_json::from_slice::<Note>(&bytes).ok())
                .filter(|note| note.version == 1)
                .and_then(|note| Some((base(repository, &note, &commit)?, note)));
            Ok(match read {
                Some((base, note)) => Held::Work(Box::new(Accepted {
                    name,
                    base,
                    commit,
                    onto: note.branch.map_or(Onto::Detached, Onto::Branch),
                    subject: note.subject,
                    slug: note.slug,
                    files: note.files,
                    validated: note.validated,
                })),
                None => Held::Lost { name, commit },
            })
        })
        .collect()
}

/// Returns what a held commit was made on, where it can be told.
fn base(repository: &Repository, note: &Note, commit: &CommitId) -> Option<CommitId> {
    match &note.commit {
        Some(noted) if noted == commit.as_str() => note.base.parse().ok(),
        Some(_) | None => parent_of(repository, commit).ok(),
    }
}
