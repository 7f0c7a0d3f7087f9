//! What the planning record adds to a doctor's findings.

use std::collections::HashSet;
use std::path::Path;

use piton_durable::{DiskRead, Kind};

use super::advice::advise_entries;
use super::code::Code;
use super::finding::Finding;
use super::mode::Mode;
use crate::manifest::Status;
use crate::own::{OWN_FILE, load_own};
use crate::planning::{
    Cursor, Decision, Home, LoadedState, STAGES_DIR, STATE_FILE, StageRef, StateLoadError,
    load_state,
};
use piton_base::on_one_line;

/// Loads the planning record of a migration of this status and tells what is
/// wrong with it. `there` says whether a `.planning` directory exists at all.
pub(super) fn examine(
    disk: &dyn DiskRead,
    dir: &Path,
    home: &Home,
    status: Status,
    there: bool,
) -> (Option<Result<LoadedState, StateLoadError>>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut add = |code, file: &str, message: String| {
        findings.push(Finding::new(Mode::Doctor, code, dir.join(file), message));
    };
    if !there && status != Status::Planning {
        // Old versions planned without a record.
        return (None, findings);
    }
    let loaded = load_state(disk, dir, home);
    match &loaded {
        Err(error) if error.is_missing() && status == Status::Planning => {
            let message = "the planning record is missing".to_owned();
            add(Code::PlanningStateMissing, STATE_FILE, message);
        }
        Err(error) if error.is_missing() => {}
        Err(error) => {
            let code = if status == Status::Planning {
                Code::PlanningStateInvalid
            } else {
                Code::PlanningStateUnusable
            };
            add(code, STATE_FILE, told(error));
        }
        Ok(loaded) => {
            let cursor = loaded.state.cursor();
            if !agrees(status, cursor) {
                let message = format!("the status is {status}, and planning stands at {cursor}");
                add(Code::PlanningStateDisagrees, STATE_FILE, message);
            }
            if loaded.outputs.iter().any(StageRef::moved) {
                let message = "its references point at another migrations directory".to_owned();
                add(Code::StageReferenceMoved, STATE_FILE, message);
            }
        }
    }
    if let Err(error) = load_own(disk, dir) {
        add(Code::OwnDataInvalid, OWN_FILE, on_one_line(&error));
    }
    findings.extend(stages(disk, dir, loaded.as_ref().ok()));
    let missing = loaded.as_ref().is_err_and(StateLoadError::is_missing);
    let loaded = (!missing || status == Status::Planning).then_some(loaded);
    (loaded, findings)
}

fn told(error: &StateLoadError) -> String {
    let told = match error {
        StateLoadError::File(error) => error.told(),
        StateLoadError::Reference { source, .. } => on_one_line(source),
    };
    told.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn agrees(status: Status, cursor: Cursor) -> bool {
    match (status, cursor) {
        (Status::Planning, Cursor::Step(_)) => true,
        (Status::Planning, Cursor::Terminal(_)) => false,
        // A person may reject a plan wherever it stands.
        (Status::Skipped, _) => true,
        (Status::Ready | Status::InProgress | Status::Done, Cursor::Terminal(decision)) => {
            decision != Decision::Reject
        }
        (Status::Ready | Status::InProgress | Status::Done, Cursor::Step(_)) => false,
    }
}

/// Looks through the stage outputs for what cannot be published and for what
/// nobody refers to.
fn stages(disk: &dyn DiskRead, dir: &Path, loaded: Option<&LoadedState>) -> Vec<Finding> {
    let Ok(entries) = disk.list(&dir.join(STAGES_DIR)) else {
        return Vec::new();
    };
    let mut findings = advise_entries(dir, &entries, STAGES_DIR);
    let Some(loaded) = loaded else {
        return findings;
    };
    let referenced: HashSet<_> = loaded.outputs.iter().map(StageRef::tail).collect();
    for entry in entries.iter().filter(|entry| entry.kind == Kind::File) {
        let unreferenced = entry
            .name
            .to_str()
            .is_some_and(|name| !referenced.contains(format!("{STAGES_DIR}/{name}").as_str()));
        if unreferenced {
            findings.push(Finding::new(
                Mode::Doctor,
                Code::UnreferencedStageOutput,
                dir.join(STAGES_DIR).join(&entry.name),
                "no completed step refers to this output",
            ));
        }
    }
    findings
}
