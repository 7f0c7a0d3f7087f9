//! What setting up does to this repository.

use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_git::GitRead;
use piton_plan::{Plan, PlanBuilder};

use super::args::InitArgs;
use super::wish::Wish;
use super::{adopt, agent_files, ci, guess, migrations, settings, taste};
use crate::config::{Key, Layer};
use crate::context::CONFIG_FILE;
use crate::error::{Attempt as _, CommandError, ErrorKind};
use crate::files::read;
use crate::op::Op;
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
) -> Result<Decided, CommandError> {
    let top = git.top();
    let mut builder = PlanBuilder::new("init");
    let mut told = Vec::new();

    let old_text = read(disk, &top.join(CONFIG_FILE))?;
    let layer = Layer::parse(
        &top.join(CONFIG_FILE),
        old_text.as_deref().unwrap_or_default(),
    )
    .map_err(|error| {
        CommandError::new(ErrorKind::Usage, format!("could not use {error}"))
            .with_source(error.problem)
    })?;
    let configured = |name: &str| {
        let key = Key::find(name).ok()?;
        layer
            .values
            .get(&key)
            .map(|(value, _)| value.written.clone())
    };
    let configured_path =
        |name: &str| configured(name).and_then(|text| text.trim_end_matches('/').parse().ok());

    let found = match original_data {
        Some(data) => adopt::find(disk, data, top),
        None => adopt::Found::default(),
    };
    found
        .warnings
        .iter()
        .for_each(|warning| builder.warn(warning));
    let registration = found.registration;
    // What piton's own file says goes before what the original knew.
    let theirs = registration.as_ref();
    let theirs_migrations = theirs.and_then(|it| it.migrations_dir.clone());
    let (in_repository, elsewhere) = match theirs.and_then(|it| it.taste.clone()) {
        Some(adopt::Taste::InRepository(path)) => (Some(path), None),
        Some(adopt::Taste::Elsewhere(path)) => (None, Some(path)),
        None => (None, None),
    };

    let wish = |name: &str, flag: &Option<RepoPath>, theirs: Option<RepoPath>, default: &str| {
        let before: Option<RepoPath> = configured_path(name).or(theirs);
        let wanted = match (flag, &before) {
            (Some(flag), _) => flag.clone(),
            (None, Some(before)) => before.clone(),
            (None, None) => default.parse().or_internal("could not use a default")?,
        };
        Ok::<_, CommandError>(Wish {
            before,
            wanted,
            force: args.force,
        })
    };
    let migrations = wish(
        "migrations-dir",
        &args.migrations_dir,
        theirs_migrations,
        "migrations",
    )?;
    let taste = wish("taste", &args.taste, in_repository, ".piton/taste.md")?;

    if let Some(registration) = &registration
        && old_text.is_none()
    {
        told.push(format!(
            "took over from continuous-refactoring ({}): migrations in {}, taste {}; \
             its registration stays, so it can go on working here too",
            registration.registry.display(),
            registration
                .migrations_dir
                .as_ref()
                .map_or("no directory", RepoPath::as_str),
            match &registration.taste {
                Some(adopt::Taste::InRepository(path)) => format!("in {path}"),
                Some(adopt::Taste::Elsewhere(path)) => format!("from {}", path.display()),
                None => "not set".to_owned(),
            },
        ));
    }

    let validation = args
        .validation_command
        .clone()
        .or_else(|| configured("validation-command"));
    let validation = validation.or_else(|| {
        let guess = guess::validation_commands(disk, top).into_iter().next();
        match &guess {
            Some(guess) => told.push(format!(
                "guessed the validation command `{}` from {}; change it with --validation-command",
                guess.command, guess.from
            )),
            None => {
                builder.warn("no validation command was found; name one with --validation-command");
            }
        }
        guess.map(|guess| guess.command)
    });

    // Half of this would be a set-up that names what is not there.
    builder.note(WHOLE, true);
    let settings = settings::decide(
        &mut builder,
        (disk, top),
        old_text.as_deref(),
        &settings::Wanted {
            migrations_dir: &migrations.wanted,
            taste: &taste.wanted,
            validation_command: validation.as_deref(),
        },
    )?;
    let taste = taste::decide(&mut builder, disk, top, &taste, elsewhere.as_deref())?;
    let moved = migrations::decide(&mut builder, disk, top, &migrations)?;
    // What the settings name is there before they name it.
    if let Some(settings) = &settings {
        for needed in [&taste, &moved].into_iter().flatten() {
            builder.depend(settings, needed);
        }
    }
    agent_files::decide(&mut builder, disk, top, &args.agent_files)?;
    if let Some(ci) = ci {
        let written = ci::decide(&mut builder, (disk, top), ci, args.force)?;
        if written.is_some() {
            told.push(
                "the workflow needs the secret that ci.secret names, and counts once it is on the default branch: `gh secret set`, commit, push"
                    .to_owned(),
            );
        }
    }
    if let Some(rule) = git.ignored_by(Path::new(&format!("{}/x", migrations.wanted)))? {
        builder.warn(format!(
            "git ignores {} because of {rule}; migrations are committed all the same",
            migrations.wanted
        ));
    }
    let plan = builder.build()?;
    Ok(Decided {
        plan,
        told,
        validation,
    })
}
