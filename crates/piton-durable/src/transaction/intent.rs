//! The intent record: what a transaction is about to do.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::area::Where;
use super::commit::CommitIntent;
use super::error::TransactionError;
use super::live_path::LivePath;
use super::ongoing::Ongoing;
use super::site::Site;
use super::token::Token;
use crate::atomic::write_atomic;
use crate::digest::TreeDigest;
use crate::disk::{Disk, DiskRead, Kind};

/// Version 1 knew neither the branch's commit nor the hooks.
const VERSION: u32 = 2;

/// More than any record has.
const LIMIT: u64 = 16 << 20;

/// How far a transaction wants to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "lowercase", deny_unknown_fields)]
pub enum Step {
    /// The staged tree is complete and durable; it is to become live.
    Prepared,
    /// It is live, and hooks that may change it are at work: what they made of
    /// it is judged and takes the place of the new tree.
    Committing,
    /// It is to go back, because this was found after it became live.
    Undoing { reason: String },
}

/// Everything that recovery needs to know about a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub(crate) version: u32,
    pub worktree: String,
    pub live: LivePath,
    #[serde(rename = "trees")]
    pub(crate) at: Where,
    /// What was live when the transaction was prepared.
    pub base: TreeDigest,
    /// What is to be live.
    pub new: TreeDigest,
    /// What it is for, in the words of the caller.
    pub operation: String,
    pub commit: Option<CommitIntent>,
    #[serde(flatten)]
    pub step: Step,
}

impl Intent {
    pub(crate) fn prepared(
        site: &Site,
        at: Where,
        live: LivePath,
        base: TreeDigest,
        new: TreeDigest,
        operation: String,
        commit: Option<CommitIntent>,
    ) -> Self {
        Intent {
            version: VERSION,
            worktree: site.worktree.clone(),
            live,
            at,
            base,
            new,
            operation,
            commit,
            step: Step::Prepared,
        }
    }

    /// Makes the record durable; from here on recovery acts on it.
    pub(crate) fn save(&self, at: Ongoing<'_>) -> Result<(), TransactionError> {
        let path = path(at.site, at.token);
        let mut bytes =
            serde_json::to_vec_pretty(self).map_err(|source| TransactionError::Encode {
                path: path.clone(),
                source,
            })?;
        bytes.push(b'\n');
        write_atomic(at.disk, &path, &bytes, 0o600)?;
        Ok(())
    }

    pub(crate) fn read(
        disk: &dyn DiskRead,
        site: &Site,
        token: &Token,
    ) -> Result<Record, TransactionError> {
        let path = path(site, token);
        match disk.stat(&path)?.map(|stat| stat.kind) {
            None => return Ok(Record::None),
            Some(Kind::File) => {}
            Some(Kind::Dir | Kind::Symlink | Kind::Other) => {
                return Ok(Record::Unreadable("it is not a regular file".into()));
            }
        }
        let bytes = match disk.read_at_most(&path, LIMIT) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return Ok(Record::Unreadable("it is larger than any record".into()));
            }
            Err(error) => return Err(error.into()),
        };
        let version = match serde_json::from_slice::<Versioned>(&bytes) {
            Ok(versioned) => versioned.version,
            Err(error) => return Ok(Record::Unreadable(error.to_string())),
        };
        if version > VERSION {
            return Ok(Record::Newer(version));
        }
        Ok(match serde_json::from_slice::<Intent>(&bytes) {
            Ok(intent) => match intent.leaves(site) {
                None => Record::Whole(Box::new(intent)),
                Some(why) => Record::Unreadable(why),
            },
            Err(error) => Record::Unreadable(error.to_string()),
        })
    }

    /// Says in how far the record is about anything but one directory where
    /// directories are published. No record of this program is; one that
    /// somebody else wrote must not be acted on.
    fn leaves(&self, site: &Site) -> Option<String> {
        let live = site.live(&self.live);
        if live.parent() != site.beside.parent() || live == site.beside {
            return Some(format!("{} is not a place to publish to", self.live));
        }
        let paths = self.commit.as_ref().map_or(&[][..], |commit| &commit.paths);
        let other = paths.iter().find(|path| **path != self.live)?;
        Some(format!("its commit would hold {other} as well"))
    }

    /// Takes the record away, durably: the transaction is over, and whatever
    /// is left of it may be removed.
    pub(crate) fn forget(at: Ongoing<'_>) -> Result<(), TransactionError> {
        match at.disk.remove_file(&path(at.site, at.token)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        sync(at.disk, &at.site.transaction(at.token))
    }
}

/// The part of a record that says whether the rest can be understood.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// What was found where an intent record should be.
#[derive(Debug)]
pub(crate) enum Record {
    None,
    Whole(Box<Intent>),
    /// Written by a later version of this program.
    Newer(u32),
    Unreadable(String),
}

fn path(site: &Site, token: &Token) -> PathBuf {
    site.transaction(token).join("intent.json")
}

pub(crate) fn sync(disk: &dyn Disk, dir: &Path) -> Result<(), TransactionError> {
    Ok(disk.sync_dir(dir)?)
}
