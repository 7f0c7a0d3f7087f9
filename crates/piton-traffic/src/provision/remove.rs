//! Taking a set-up away again.

use std::path::Path;

use piton_base::{Digest, RepoPath};
use piton_durable::DiskRead;
use piton_github::operation::{ForgeOp, RemoveGist, RemoveSecret, RemoveVariable};
use piton_plan::files::{Content, FileOp, How, Was};
use piton_plan::{Operation, Plan, PlanBuilder};

use super::error::CreateError;
use super::facts::SecretFound;
use super::kind::Kind;
use super::watched::watch;
use super::{ARCHIVE_VARIABLE, BADGE_VARIABLE};
use crate::operation::{AnyOp, SettingsFile, TrafficOp};
use crate::settings::{Global, PROJECT_FILE};
use crate::survey::{LocalState, Survey};
use crate::templates::Deployed;

/// What is taken away besides variables, the secret and the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoveParts {
    pub gists: bool,
    pub files: bool,
}

/// Decides what goes. Files that neither piton nor the original wrote stay.
pub fn plan_remove<O: AnyOp>(
    seen: &Survey,
    global: &Global,
    disk: &dyn DiskRead,
    root: &Path,
    list: (&Path, &RepoPath),
    parts: RemoveParts,
) -> Result<Plan<O>, CreateError> {
    let mut builder = PlanBuilder::new("traffic remove");
    builder.note("repository", seen.repository.to_string());
    watch(&mut builder);
    let both = seen.variables.clone().unwrap_or_default();
    for (name, was) in [BADGE_VARIABLE, ARCHIVE_VARIABLE].into_iter().zip(both) {
        if let Some(was) = was {
            builder.add(O::from(ForgeOp::RemoveVariable(RemoveVariable {
                repository: seen.repository.clone(),
                name: name.to_owned(),
                was,
            })));
        }
    }
    let (secret, found) = &seen.secret;
    match found {
        SecretFound::Absent => {}
        SecretFound::Unknown => builder.warn(format!(
            "the token may not see whether the secret {secret} is set; it stays"
        )),
        SecretFound::Present { .. } => {
            builder.add(O::from(ForgeOp::RemoveSecret(RemoveSecret {
                repository: seen.repository.clone(),
                name: secret.clone(),
            })));
        }
    }
    if parts.files {
        remove_files(&mut builder, seen, disk, root)?;
    }
    if let Some(file) = delete(disk, root, PROJECT_FILE, "what is tracked here")? {
        builder.add(O::from(TrafficOp::SettingsFile(SettingsFile {
            target: PROJECT_FILE.to_owned(),
            list: false,
            file,
        })));
    }
    if let Some(file) = unlisted(seen, global, disk, list)? {
        builder.add(O::from(TrafficOp::SettingsFile(SettingsFile {
            target: seen.repository.to_string(),
            list: true,
            file: file.outside(list.0.to_owned()),
        })));
    }
    remove_gists(&mut builder, seen, parts);
    builder.build().map_err(CreateError::Faults)
}

/// Removes the four files, but for those that somebody else wrote.
fn remove_files<O: Operation + From<FileOp>>(
    builder: &mut PlanBuilder<O>,
    seen: &Survey,
    disk: &dyn DiskRead,
    root: &Path,
) -> Result<(), CreateError> {
    for file in &seen.files {
        match &file.is {
            LocalState::Absent => {}
            LocalState::Unreadable(why) => {
                return Err(CreateError::Unreadable(file.path.to_owned(), why.clone()));
            }
            LocalState::There(Deployed::Theirs) => builder.warn(format!(
                "{} was not written by piton or ghtraf; it stays",
                file.path
            )),
            LocalState::There(
                Deployed::PristineOriginal | Deployed::Current | Deployed::Older | Deployed::Edited,
            ) => {
                if let Some(gone) = delete(disk, root, file.path, "a file of tracking")? {
                    builder.add(O::from(gone));
                }
            }
        }
    }
    Ok(())
}

/// Removes the gists, where that was said and they are those of tracking.
fn remove_gists<O: Operation + From<ForgeOp>>(
    builder: &mut PlanBuilder<O>,
    seen: &Survey,
    parts: RemoveParts,
) {
    for (kind, gist) in [(Kind::Badge, &seen.badge), (Kind::Archive, &seen.archive)] {
        let Some(gist) = gist.found() else { continue };
        if !parts.gists {
            builder.warn(format!(
                "gist {} with its numbers stays; --delete-gists deletes it",
                gist.id
            ));
            continue;
        }
        if !gist.files.keys().any(|file| kind.signs(file)) {
            builder.warn(format!(
                "gist {} does not belong to tracking; it stays",
                gist.id
            ));
            continue;
        }
        builder.add(O::from(ForgeOp::RemoveGist(RemoveGist {
            name: kind.name().to_owned(),
            id: gist.id.clone(),
            revision: gist.revision.clone(),
        })));
    }
}

fn delete(
    disk: &dyn DiskRead,
    root: &Path,
    path: &str,
    why: &str,
) -> Result<Option<FileOp>, CreateError> {
    let unreadable = |why: String| CreateError::Unreadable(path.to_owned(), why);
    let named: RepoPath = (path.parse()).map_err(|_| unreadable("its name".to_owned()))?;
    let bytes = disk
        .read_if_there(&named.under(root))
        .map_err(|why| unreadable(why.to_string()))?;
    Ok(bytes.map(|bytes| FileOp::Delete {
        path: named,
        was: Digest::of(&bytes),
        why: why.to_owned(),
    }))
}

/// The user's list without the repository.
fn unlisted(
    seen: &Survey,
    global: &Global,
    disk: &dyn DiskRead,
    (root, name): (&Path, &RepoPath),
) -> Result<Option<FileOp>, CreateError> {
    if global.entry(&seen.repository).is_none() {
        return Ok(None);
    }
    let old = disk
        .read_if_there(&name.under(root))
        .map_err(|why| CreateError::Unreadable(name.to_string(), why.to_string()))?;
    Ok(old.map(|old| FileOp::Put {
        path: name.clone(),
        how: How::Write,
        content: Content::Text(global.without(&seen.repository).written()),
        mode: 0o644,
        was: Was::File(Digest::of(&old)),
        conflict: None,
        why: "the list of what you track, without it".to_owned(),
        beside: None,
        diff: None,
    }))
}
