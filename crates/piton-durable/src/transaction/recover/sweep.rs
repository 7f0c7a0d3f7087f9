//! Finding transactions, and the directories they no longer need.

use std::path::Path;

use super::super::error::TransactionError;
use super::super::intent::sync;
use super::super::moves::there;
use super::super::site::Site;
use super::super::token::Token;
use crate::disk::{Disk, DiskRead, Kind};
use crate::tree;

/// Returns the transactions of this clone, oldest first.
pub(super) fn tokens(disk: &dyn DiskRead, site: &Site) -> Result<Vec<Token>, TransactionError> {
    let names = dirs(disk, &site.transactions())?;
    Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
}

/// Returns the transactions of which only trees beside the live ones are left.
pub(super) fn strays(disk: &dyn DiskRead, site: &Site) -> Result<Vec<Token>, TransactionError> {
    let mut strays = Vec::new();
    for token in dirs(disk, &site.beside)?
        .iter()
        .filter_map(|name| Site::token_of(name))
    {
        if !there(disk, &site.transaction(&token))? {
            strays.push(token);
        }
    }
    Ok(strays)
}

/// Removes a directory that may be in use by others, if it is empty.
pub(super) fn remove_if_empty(disk: &dyn Disk, dir: &Path) -> Result<(), TransactionError> {
    if !there(disk, dir)? {
        return Ok(());
    }
    match dir.parent() {
        Some(parent) if tree::remove_if_empty(disk, dir)? => sync(disk, parent),
        _ => Ok(()),
    }
}

fn dirs(disk: &dyn DiskRead, dir: &Path) -> Result<Vec<String>, TransactionError> {
    let entries = disk.list_if_there(dir)?;
    Ok(entries
        .into_iter()
        .filter(|entry| entry.kind == Kind::Dir)
        .filter_map(|entry| entry.name.into_string().ok())
        .collect())
}
