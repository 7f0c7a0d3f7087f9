//! `piton traffic create`: sets tracking up.

use clap::Args;
use piton_base::Clock as _;
use piton_plan::{ConflictMode, SecretRef};
use piton_traffic::collect::Moment;
use piton_traffic::install::Install;
use piton_traffic::provision::{self, Parts, TokenFrom, Wishes};
use piton_traffic::settings::is_gist_id;

use super::place::{Known, MeantArgs};
use super::{error, init, report};
use crate::config::Settings;
use crate::context::Context;
use crate::error::{CommandError, CommandResult};
use crate::exit::Exit;
use crate::op::Op;
use crate::planned::PlanArgs;

/// Set up traffic tracking of a repository
///
/// Two gists keep the numbers, two variables and a secret tell the collector
/// where, four files collect and show. What is there already is found and used;
/// run again, it changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic create --dry-run
  piton traffic create --token-env TRAFFIC_TOKEN
  piton traffic create --owner acme --repo widget --enable-pages
  piton traffic create --files-only                    what `piton traffic init` does

The token of the collector: a fine-grained one, for this repository alone, that
reads Administration, Actions, Contents and Metadata and writes Gists; or a
classic one with public_repo (repo for a private repository) and gist.")]
pub(crate) struct CreateArgs {
    #[command(flatten)]
    meant: MeantArgs,

    /// Only the files
    #[arg(long)]
    files_only: bool,

    /// No files: gists, variables and the secret
    #[arg(long, conflicts_with = "files_only")]
    no_files: bool,

    /// Only the gists, and what is written about them
    #[arg(long, conflicts_with_all = ["files_only"])]
    gist_only: bool,

    /// Leave variables and secret alone
    #[arg(long)]
    skip_variables: bool,

    /// Replace what differs, without asking
    #[arg(long, conflicts_with_all = ["skip_existing", "on_conflict"])]
    force: bool,

    /// Keep files that differ
    #[arg(long, conflicts_with = "on_conflict")]
    skip_existing: bool,

    /// What to do about a file that differs
    #[arg(long, value_name = "MODE")]
    on_conflict: Option<ConflictMode>,

    /// The day on which the repository began; default: GitHub's
    #[arg(long, value_name = "YYYY-MM-DD")]
    created: Option<String>,

    /// What the dashboard calls the repository
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,

    /// Workflows after which the collector runs, by their names
    #[arg(long, value_name = "NAME", num_args = 0..)]
    ci_workflows: Option<Vec<String>>,

    /// Accepted and not needed: files are always filled in
    #[arg(long, hide = true)]
    configure: bool,

    /// The secret that holds the collector's token
    #[arg(long, value_name = "NAME", default_value = provision::SECRET)]
    gist_token_name: String,

    /// The variable of the environment that holds the token
    #[arg(long, value_name = "VARIABLE")]
    token_env: Option<String>,

    /// Replace the token that is stored
    #[arg(long)]
    rotate_token: bool,

    /// Make new gists, whatever is found
    #[arg(long, conflicts_with_all = ["badge_gist", "archive_gist"])]
    new_gists: bool,

    /// The gist of the badges
    #[arg(long, value_name = "ID")]
    badge_gist: Option<String>,

    /// The gist of the archive
    #[arg(long, value_name = "ID")]
    archive_gist: Option<String>,

    /// Pushes to this branch collect; default: traffic.branch, or GitHub's default
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,

    /// When the collector runs, as a cron line; default: twice a day
    #[arg(long, value_name = "CRON")]
    schedule: Option<String>,

    /// Publish the dashboard with GitHub Pages
    #[arg(long)]
    enable_pages: bool,

    /// Start the collector at the end
    #[arg(long)]
    run_now: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &CreateArgs) -> CommandResult {
    if args.files_only {
        let mode = conflict_mode(context, args);
        return init::files(context, &args.meant, mode, &args.plan);
    }
    let place = context.place_to_write(&args.plan)?;
    let known = Known::read(context, &place, &args.meant)?;
    let wishes = wishes(context, args, &place.settings, &known)?;
    let forge = crate::forge::client(context, &place.settings)?;
    let today = Moment(context.clock.now()).day().to_string();
    let facts = provision::observe(
        &forge,
        &wishes,
        known.project.clone(),
        known.global.clone(),
        &today,
    )
    .map_err(error::observe)?;
    let decided = provision::plan_create::<Op>(
        &wishes,
        &facts,
        provision::Place {
            disk: &context.disk,
            root: place.top(),
            home: &known.home,
        },
    )
    .map_err(error::create)?;
    let ended = context
        .site(&place)
        .carry_out_and_tell(&args.plan, &decided)?;
    if !args.plan.changes_nothing() && matches!(ended.exit, Exit::Done | Exit::Deviation) {
        report::tell(context, &wishes, &facts, &decided, &ended.receipts);
    }
    Ok(ended.exit)
}

fn conflict_mode(context: &Context, args: &CreateArgs) -> ConflictMode {
    match args.on_conflict {
        Some(mode) => mode,
        None if args.force => ConflictMode::Overwrite,
        None if args.skip_existing || context.global.non_interactive => ConflictMode::Skip,
        None => ConflictMode::Ask,
    }
}

fn wishes(
    context: &Context,
    args: &CreateArgs,
    settings: &Settings,
    known: &Known,
) -> Result<Wishes, CommandError> {
    for (flag, id) in [
        ("--badge-gist", &args.badge_gist),
        ("--archive-gist", &args.archive_gist),
    ] {
        if let Some(id) = id.as_deref().filter(|id| !is_gist_id(id)) {
            return Err(CommandError::usage(format!(
                "{flag} `{id}` is no id of a gist: expected 20 or 32 hexadecimal digits"
            )));
        }
    }
    let token = match &args.token_env {
        Some(name) => TokenFrom::Variable(named(context, name)?),
        None => TokenFrom::Asked,
    };
    let files = !args.no_files && !args.gist_only;
    Ok(Wishes {
        repository: known.named()?,
        created: args.created.clone(),
        display_name: args.display_name.clone(),
        ci_workflows: args.ci_workflows.clone(),
        secret: args.gist_token_name.clone(),
        token,
        rotate: args.rotate_token,
        new_gists: args.new_gists,
        badge_gist: args.badge_gist.clone(),
        archive_gist: args.archive_gist.clone(),
        branch: args
            .branch
            .clone()
            .or_else(|| text(settings, "traffic.branch")),
        schedule: args
            .schedule
            .clone()
            .or_else(|| text(settings, "traffic.schedule")),
        install: if files {
            Some(install(settings)?)
        } else {
            None
        },
        parts: Parts {
            variables: !args.skip_variables && !args.gist_only,
            files,
            pages: args.enable_pages,
            run: args.run_now,
        },
        on_conflict: conflict_mode(context, args),
        force: args.force,
    })
}

fn text(settings: &Settings, name: &str) -> Option<String> {
    settings.text(name).map(str::to_owned)
}

/// A token in a variable that is set. Its value goes nowhere but to GitHub.
fn named(context: &Context, name: &str) -> Result<SecretRef, CommandError> {
    let secret: SecretRef = format!("env:{name}")
        .parse()
        .map_err(|error| CommandError::usage("could not use --token-env").because(error))?;
    if context.environment.get(name).is_none() {
        return Err(CommandError::usage(format!(
            "--token-env names {name}, which is not set"
        )));
    }
    Ok(secret)
}

/// How the workflow installs piton: never without saying which version.
pub(super) fn install(settings: &Settings) -> Result<Install, CommandError> {
    for key in ["traffic.install", "ci.install"] {
        if let Some(text) = settings.text(key) {
            return text.parse().map_err(|error| {
                CommandError::usage(format!("could not use {key}")).because(error)
            });
        }
    }
    Err(error::create(provision::CreateError::NoInstall))
}
