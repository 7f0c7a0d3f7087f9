//! What is written about the set-up on this machine.

use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_plan::files::{Content, FileOp, How, Was};
use piton_plan::{Handle, Operation, PlanBuilder, Slot};

use super::error::CreateError;
use super::facts::Facts;
use super::files::{content, marks};
use super::settle::Names;
use super::wishes::Destination;
use crate::operation::{SettingsFile, TrafficOp};
use crate::settings::{Entry, PROJECT_FILE, Set};

/// Adds the file in the repository, and the user's list after it.
pub(super) fn add<O: Operation + From<TrafficOp>>(
    builder: &mut PlanBuilder<O>,
    facts: &Facts,
    place: Destination<'_>,
    names: &Names,
    badge: &Slot<String>,
    archive: &Slot<String>,
    before: &[Handle],
) -> Result<(), CreateError> {
    let (badge_mark, archive_mark) = marks();
    let project = facts.project.with(&Set {
        repository: &names.repository,
        created: &names.created,
        display_name: &names.display_name,
        badge: badge_mark,
        archive: archive_mark,
        ci_workflows: &names.ci_workflows,
    });
    let project = content(&project.written(), badge, archive);
    let file = put(
        place.disk,
        place.root,
        &project_file()?,
        project,
        "what is tracked here",
    )?;
    let written = builder.add(O::from(TrafficOp::SettingsFile(SettingsFile {
        target: PROJECT_FILE.to_owned(),
        list: false,
        file,
    })));
    for handle in before {
        builder.depend(&written, handle);
    }
    let global = facts.global.with(
        &names.repository,
        &Entry {
            badge_gist_id: Some(badge_mark.to_owned()),
            archive_gist_id: Some(archive_mark.to_owned()),
            repo_dir: Some(place.root.display().to_string()),
            display_name: Some(names.display_name.clone()),
            created: Some(names.created.clone()),
        },
    );
    let global = content(&global.written(), badge, archive);
    let file = put(
        place.disk,
        place.list.0,
        place.list.1,
        global,
        "the list of what you track",
    )?;
    let registered = builder.add(O::from(TrafficOp::SettingsFile(SettingsFile {
        target: names.repository.to_string(),
        list: true,
        file: file.outside(place.list.0.to_owned()),
    })));
    builder.depend(&registered, &written);
    Ok(())
}

fn project_file() -> Result<RepoPath, CreateError> {
    PROJECT_FILE
        .parse()
        .map_err(|_| CreateError::Unreadable(PROJECT_FILE.to_owned(), "its name".to_owned()))
}

/// Gives a settings file its content, or keeps it where it has it.
fn put(
    disk: &dyn DiskRead,
    root: &Path,
    path: &RepoPath,
    content: Content,
    why: &str,
) -> Result<FileOp, CreateError> {
    let unreadable = |why: String| CreateError::Unreadable(path.to_string(), why);
    let full = path.under(root);
    let old = match disk
        .stat(&full)
        .map_err(|error| unreadable(error.cause().to_string()))?
    {
        None => None,
        Some(_) => Some(
            disk.read(&full)
                .map_err(|error| unreadable(error.cause().to_string()))?,
        ),
    };
    if let Some(old) = &old
        && content.known().as_deref() == Some(old)
    {
        return Ok(FileOp::Keep {
            path: path.clone(),
            was: piton_base::Digest::of(old),
            conflict: None,
            why: "says so already".to_owned(),
        });
    }
    Ok(FileOp::Put {
        path: path.clone(),
        how: if old.is_some() {
            How::Configure
        } else {
            How::Create
        },
        content,
        mode: 0o644,
        was: old
            .as_deref()
            .map_or(Was::Absent, |old| Was::File(piton_base::Digest::of(old))),
        conflict: None,
        why: why.to_owned(),
        beside: None,
        diff: None,
    })
}
