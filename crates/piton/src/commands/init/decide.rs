//! What setting up does to this repository.

use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_git::GitRead;
use piton_plan::{Plan, PlanBuilder};

use super::args::InitArgs;
use super::before::Before;
use super::places::Places;
use super::{adopt, agent_files, ci, guess, migrations, settings, taste};
use crate::agent_files::Wanted;
use crate::error::CommandError;
use crate::operation::Op;
use crate::planned::WHOLE;

/// A plan, and what is worth telling about how it came about.
#[derive(Debug)]
pub(crate) struct Decided {
    pub(crate) plan: Plan<Op>,
    pub(crate) told: Vec<String>,
    /// The validation command that will hold.
    pub(crate) validation: Option<String>,
}

pub(super) fn decide(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    original_data: Option<&Path>,
    args: &InitArgs,
    ci: Option<&ci::Ci>,
    agent_files: &[Wanted],
) -> Result<Decided, CommandError> {
    let top = git.top();
    let mut builder = PlanBuilder::new("init");
    let mut told = Vec::new();

    let before = Before::read(disk, top)?;
    let found = match original_data {
        Some(data) => adopt::find(disk, data, top),
        None => adopt::Found::default(),
    };
    found
        .warnings
        .iter()
        .for_each(|warning| builder.warn(warning));
    let places = Places::of(args, &before, found.registration.as_ref())?;
    if let (Some(registration), None) = (&found.registration, &before.text) {
        told.push(registration.taken_over());
    }
    let validation = args
        .validation_command
        .clone()
        .or_else(|| before.get("validation-command"))
        .or_else(|| guessed(disk, top, &mut builder, &mut told));

    // Half of this would be a set-up that names what is not there.
    builder.note(WHOLE, true);
    set_up(
        &mut builder,
        (disk, git),
        &before,
        &places,
        validation.as_deref(),
    )?;
    agent_files::decide(&mut builder, disk, top, agent_files)?;
    if let Some(ci) = ci {
        let written = ci::decide(&mut builder, (disk, top), ci, args.force)?;
        if written.is_some() {
            told.push(
                "the workflow needs the secret that ci.secret names, and counts once it is on the default branch: `gh secret set`, commit, push"
                    .to_owned(),
            );
        }
    }
    warn_if_ignored(&mut builder, git, &places.migrations.wanted)?;
    let plan = builder.build()?;
    Ok(Decided {
        plan,
        told,
        validation,
    })
}

/// Decides about the settings, and about what they name.
fn set_up(
    builder: &mut PlanBuilder<Op>,
    (disk, git): (&dyn DiskRead, &dyn GitRead),
    before: &Before,
    places: &Places,
    validation: Option<&str>,
) -> Result<(), CommandError> {
    let top = git.top();
    let settings = settings::decide(
        builder,
        (disk, top),
        before.text.as_deref(),
        &settings::Wanted {
            migrations_dir: &places.migrations.wanted,
            taste: &places.taste.wanted,
            validation_command: validation,
        },
    )?;
    let elsewhere = places.taste_elsewhere.as_deref();
    let taste = taste::decide(builder, disk, top, &places.taste, elsewhere)?;
    let moved = migrations::decide(builder, (disk, git), top, &places.migrations)?;
    // What the settings name is there before they name it.
    if let Some(settings) = &settings {
        for needed in [&taste, &moved].into_iter().flatten() {
            builder.depend(settings, needed);
        }
    }
    Ok(())
}

fn warn_if_ignored(
    builder: &mut PlanBuilder<Op>,
    git: &dyn GitRead,
    migrations: &RepoPath,
) -> Result<(), CommandError> {
    if let Some(rule) = git.ignored_by(Path::new(&format!("{migrations}/x")))? {
        builder.warn(format!(
            "git ignores {migrations} because of {rule}; migrations are committed all the same"
        ));
    }
    Ok(())
}

/// Looks for a validation command, and tells what it found.
fn guessed(
    disk: &dyn DiskRead,
    top: &Path,
    builder: &mut PlanBuilder<Op>,
    told: &mut Vec<String>,
) -> Option<String> {
    let Some(guess) = guess::validation_commands(disk, top).into_iter().next() else {
        builder.warn("no validation command was found; name one with --validation-command");
        return None;
    };
    told.push(format!(
        "guessed the validation command `{}` from {}; change it with --validation-command",
        guess.command, guess.from
    ));
    Some(guess.command)
}
