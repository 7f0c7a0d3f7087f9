//! Keeping what nobody could decide about.

use std::io;
use std::path::{Path, PathBuf};

use super::error::TransactionError;
use super::intent::sync;
use super::moves::{rename_to_free, there};
use crate::atomic::create_dirs;
use crate::disk::Disk;
use crate::tree;

/// The name of a tree that is being copied or removed, and may be in pieces.
const PARTIAL: &str = ".piton-partial";

/// Moves the tree at `from` into the directory `to`, beside whatever is kept
/// there already, and returns its new path. Durable when it returns.
pub fn keep(disk: &dyn Disk, from: &Path, to: &Path) -> Result<PathBuf, TransactionError> {
    create_dirs(disk, to)?;
    let kept = free_name(disk, from, to)?;
    match rename_to_free(disk, from, &kept) {
        Ok(()) => {}
        Err(TransactionError::Disk(error)) if error.kind() == io::ErrorKind::CrossesDevices => {
            copy_across(disk, from, &kept)?;
        }
        Err(error) => return Err(error),
    }
    sync(disk, to)?;
    if let Some(parent) = from.parent() {
        sync(disk, parent)?;
    }
    Ok(kept)
}

/// Moves a tree to another file system. Neither half a copy nor a half-removed
/// original is ever found under a name that counts.
fn copy_across(disk: &dyn Disk, from: &Path, kept: &Path) -> Result<(), TransactionError> {
    let partial = kept.with_file_name(PARTIAL);
    tree::remove(disk, &partial)?;
    tree::copy(disk, from, &partial)?;
    rename_to_free(disk, &partial, kept)?;
    if let Some(to) = kept.parent() {
        sync(disk, to)?;
    }
    let removed = from.with_file_name(PARTIAL);
    tree::remove(disk, &removed)?;
    rename_to_free(disk, from, &removed)?;
    if let Some(holder) = from.parent() {
        sync(disk, holder)?;
    }
    tree::remove(disk, &removed)?;
    Ok(())
}

/// Returns the first of `name`, `name-2`, `name-3` and so on that is free.
fn free_name(disk: &dyn Disk, from: &Path, to: &Path) -> Result<PathBuf, TransactionError> {
    let name = from.file_name().unwrap_or_default();
    let mut kept = to.join(name);
    let mut number = 1;
    while there(disk, &kept)? {
        number += 1;
        let mut numbered = name.to_owned();
        numbered.push(format!("-{number}"));
        kept = to.join(numbered);
    }
    Ok(kept)
}
