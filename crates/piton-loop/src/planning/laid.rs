//! A migration in a slot: laid out for an agent, and taken up again.

use std::path::Path;

use piton_durable::{Disk, DiskRead, tree};
use piton_migration::contents::Contents;

use super::failure::StepFailure;
use super::paths::{make_dirs, refuse_links};

/// Puts what was accepted where the agent will find it, below the top of a slot.
pub(super) fn lay_out(
    disk: &dyn Disk,
    top: &Path,
    relative: &str,
    contents: &Contents,
) -> Result<(), StepFailure> {
    refuse_links(disk, top, relative).map_err(StepFailure::Path)?;
    let dir = top.join(relative);
    tree::remove(disk, &dir)?;
    make_dirs(disk, top, relative).map_err(StepFailure::Path)?;
    contents.write(disk, &dir).map_err(StepFailure::Layout)
}

/// Reads what the agent left there.
pub(super) fn take_up(
    disk: &dyn DiskRead,
    top: &Path,
    relative: &str,
) -> Result<Contents, StepFailure> {
    refuse_links(disk, top, relative).map_err(StepFailure::LeftPath)?;
    let left = Contents::read(disk, &top.join(relative)).map_err(StepFailure::Left)?;
    Ok(left.unwrap_or_default())
}
