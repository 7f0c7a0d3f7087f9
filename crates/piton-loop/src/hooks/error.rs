//! Why hooks were not heard to their end.

use std::io;
use std::path::PathBuf;

use piton_agent::process::LaunchError;
use piton_agent::sealing::EnclosureError;
use piton_durable::{DiskError, WriteError};
use piton_git::GitError;
use piton_git::slot::SlotError;

use crate::slots::SetupError;

/// Why hooks were not heard to their end.
#[derive(Debug)]
pub enum Unheard {
    /// One of them said no, and why.
    Refused(String),
    /// piton was told to stop.
    Stopped,
    Failed(HookError),
}

/// Hooks could not be run, which says nothing about the work.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    #[error("git was not found, and your hooks need it")]
    NoGit,
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Slot(#[from] SlotError),
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error("your hooks could not be run")]
    Launch(#[from] LaunchError),
    #[error(transparent)]
    Enclosure(#[from] EnclosureError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("a note could not be written in {}", path.display())]
    Note {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the message of the commit in {} cannot be read: a hook replaced the file", path.display())]
    Message { path: PathBuf },
    #[error("the slot in which your hooks run could not be prepared: {said}")]
    Stage { said: String },
}

impl<E: Into<HookError>> From<E> for Unheard {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
