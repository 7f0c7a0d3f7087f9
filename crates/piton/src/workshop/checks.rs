//! Whether what proves the work can start at all, asked before anybody is paid.

use std::path::{Component, Path, PathBuf};

use piton_git::CommitId;

use super::floor::Floor;
use crate::error::CommandError;
use crate::planning::readiness::no_such_check;

/// Refuses a validation command of which no program can be run.
pub(crate) fn refuse_unstartable(floor: &Floor<'_>, from: &CommitId) -> Result<(), CommandError> {
    let Some(program) = floor.command.as_ref().and_then(|it| it.words().first()) else {
        return Ok(());
    };
    if floor.host.find_program(program).is_some() || may_come(floor, from, program)? {
        return Ok(());
    }
    Err(CommandError::usage(no_such_check(program)).hint(
        "name another with --validation-command or `piton config set validation-command COMMAND`",
    ))
}

/// Whether a program that is not here may be there when the work is proved: the
/// set-up makes it, or the commit has it.
fn may_come(floor: &Floor<'_>, from: &CommitId, program: &str) -> Result<bool, CommandError> {
    let path = Path::new(program);
    if floor.slots.setup.is_some() {
        return Ok(true);
    }
    if !program.contains('/') || path.is_absolute() {
        return Ok(false);
    }
    if path.components().any(|part| part == Component::ParentDir) {
        return Ok(true);
    }
    let plain: PathBuf = path
        .components()
        .filter(|part| *part != Component::CurDir)
        .collect();
    Ok(floor.place.repository.is_at(from, &plain)?)
}
