//! Where and how agents work here, from the settings.

use std::path::{Component, Path, PathBuf};

use piton_agent::sealing::Purpose;
use piton_agent::{Host, Limits, environment};
use piton_git::slot::{Filters, Setup, Slot, SlotHome, SlotUse, Slots};
use piton_git::{CommitId, GitRead as _};
use piton_loop::guard::{KnownSettings, Surroundings};
use piton_loop::slots::{SetupCommand, SlotSettings};

use super::sealing;
use crate::context::{Context, Place};
use crate::error::CommandError;

/// Returns how slots are made for a repository.
pub(crate) fn settings(context: &Context, place: &Place) -> Result<SlotSettings, CommandError> {
    let settings = &place.settings;
    refuse_unwritten(place)?;
    let home = home(context, place)?;
    let host = Host::new(context.environment.raw()).with_directory(place.top());
    let home = home.with_attributes(context.environment.git_attributes());
    let terms = sealing::terms(context, settings, &home.caches())?;
    let home = match terms.request(Purpose::Other) {
        None => home,
        Some(request) => home.with_filters(Filters::Sealed {
            request,
            environment: environment::of_the_user(&host),
        }),
    };
    let setup = settings.slot_setup().map(|words| SetupCommand {
        setup: Setup {
            command: piton_agent::words::join(words),
            inputs: settings.slot_setup_inputs().unwrap_or_default().to_vec(),
        },
        words: words.to_vec(),
        host,
        limits: Limits {
            // Installers are silent for as long as a download takes.
            idle: Limits::default().tool_idle,
            ..Limits::default()
        },
        terms: terms.clone(),
    });
    Ok(SlotSettings {
        home,
        max_new: settings.slot_max_new(),
        setup,
        terms,
        around: Surroundings {
            home: context.environment.home(),
            settings: context.environment.git_settings(),
        },
        known: KnownSettings::default(),
    })
}

/// Refuses a repository whose path is not text: what is noted around a call
/// names it.
fn refuse_unwritten(place: &Place) -> Result<(), CommandError> {
    let odd = [place.top(), place.repository.common_dir()]
        .into_iter()
        .find(|path| path.to_str().is_none());
    let Some(path) = odd else { return Ok(()) };
    Err(CommandError::usage(format!(
        "no agent can work here: the path of the repository is not UTF-8 ({})",
        path.display()
    ))
    .hint("move the repository to a path that is"))
}

/// Returns where the slots of a repository are.
pub(crate) fn home(context: &Context, place: &Place) -> Result<SlotHome, CommandError> {
    let dir = match place.settings.slot_dir() {
        Some(written) => named(context, place, written)?,
        None => context.environment.user_cache().ok_or_else(|| {
            CommandError::usage("could not find a place for agents to work")
                .hint("set `slot.dir`, HOME or XDG_CACHE_HOME")
        })?,
    };
    SlotHome::new(&dir, &place.repository).map_err(|error| {
        CommandError::usage("could not use `slot.dir`")
            .hints(error.hint())
            .with_source(error)
    })
}

/// Takes a slot that shows `commit`, for `what`.
pub(crate) fn take(
    context: &Context,
    place: &Place,
    settings: &SlotSettings,
    commit: &CommitId,
    what: &str,
) -> Result<Slot, CommandError> {
    let view = settings.view(&context.disk, &place.repository)?;
    Slots::new(&context.disk, &place.repository, &settings.home)
        .take(commit, SlotUse::Work, &view, &context.holder(what))
        .map_err(|error| {
            CommandError::failed("could not prepare a slot; nothing was changed")
                .hints(error.hint())
                .with_source(error)
        })
}

/// Returns the directory that `slot.dir` names: from the top of the repository
/// where it is relative, from the user's home where it begins with `~/`.
fn named(context: &Context, place: &Place, written: &str) -> Result<PathBuf, CommandError> {
    let dir = match written.strip_prefix("~/") {
        Some(below) => context.environment.home().map(|home| home.join(below)),
        None => Some(place.top().join(written)),
    };
    dir.map(|dir| without_dots(&dir)).ok_or_else(|| {
        CommandError::usage("could not use `slot.dir`").hint("set HOME, or give a whole path")
    })
}

/// Takes out `.` and `..`, so that what is inside the repository is known.
fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_dots_is_taken_for_what_it_is() {
        assert_eq!(without_dots(Path::new("/r/../s/./t")), Path::new("/s/t"));
        assert_eq!(without_dots(Path::new("/r/a/../b")), Path::new("/r/b"));
        assert_eq!(without_dots(Path::new("/../x")), Path::new("/x"));
    }
}
