//! Which failure snapshots may go.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, Kind};

use crate::runs::RunId;

/// Returns the oldest snapshots in `dir` beyond the `keep` newest ones. Files
/// that are no snapshots are left alone.
pub fn outdated(disk: &dyn DiskRead, dir: &Path, keep: usize) -> io::Result<Vec<PathBuf>> {
    if disk.stat(dir)?.is_none() {
        return Ok(Vec::new());
    }
    // Names begin with their run, so the list is in the order of time.
    let snapshots: Vec<PathBuf> = disk
        .list(dir)?
        .into_iter()
        .filter(|entry| entry.kind == Kind::File)
        .filter(|entry| {
            let name = entry.name.to_string_lossy();
            let run = name.get(..22).map(str::parse::<RunId>);
            matches!(run, Some(Ok(_))) && name.ends_with(".md")
        })
        .map(|entry| dir.join(entry.name))
        .collect();
    let going = snapshots.len().saturating_sub(keep);
    Ok(snapshots.into_iter().take(going).collect())
}
