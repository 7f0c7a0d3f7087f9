//! `piton traffic init`: the files alone, without GitHub.

use clap::Args;
use piton_plan::{ConflictMode, PlanBuilder, Slot};
use piton_traffic::provision::{self, CreateError, Filling, Names, Treat, display_name, plan_init};
use piton_traffic::settings::is_date;
use piton_traffic::templates::default_schedule;

use super::create::install;
use super::error;
use super::place::{Known, MeantArgs, earlier};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::exit::Exit;
use crate::op::Op;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;

/// Write the files of traffic tracking, and nothing else
///
/// The same as `piton traffic create --files-only`. GitHub is not asked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic init --dry-run
  piton traffic init
  piton traffic init --skip-existing")]
pub(crate) struct InitArgs {
    #[command(flatten)]
    pub(super) meant: MeantArgs,

    /// Replace files that differ, without asking
    #[arg(long, conflicts_with_all = ["skip_existing", "on_conflict"])]
    force: bool,

    /// Keep files that differ
    #[arg(long, conflicts_with = "on_conflict")]
    skip_existing: bool,

    /// What to do about a file that differs
    #[arg(long, value_name = "MODE")]
    on_conflict: Option<ConflictMode>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &InitArgs) -> CommandResult {
    let mode = match args.on_conflict {
        Some(mode) => mode,
        None if args.force => ConflictMode::Overwrite,
        None if args.skip_existing || context.global.non_interactive => ConflictMode::Skip,
        None => ConflictMode::Ask,
    };
    let told = "the same as `piton traffic create --files-only`";
    context.out.note(Channel::Setup, Level::DETAIL, told);
    files(context, &args.meant, mode, &args.plan)
}

/// Decides about the files out of what is known on this machine.
pub(super) fn files(
    context: &Context,
    meant: &MeantArgs,
    mode: ConflictMode,
    args: &PlanArgs,
) -> CommandResult {
    let place = Known::place_to_write(context, args)?;
    let known = Known::read(context, Some(&place), meant)?;
    let project = known.project();
    let repository = known.named_or_asked(context)?;
    let install = install(&place.settings)?;
    let entry = known.global.entry(&repository).unwrap_or_default();
    let get = |field: &str| project.get(field);
    let said = &known.said;
    let created = said
        .created
        .clone()
        .or_else(|| get("created"))
        .or(entry.created)
        .filter(|created| is_date(created));
    let names = Names {
        display_name: said
            .display_name
            .clone()
            .or_else(|| get("display_name"))
            .or(entry.display_name)
            .unwrap_or_else(|| display_name(repository.name())),
        created: created.unwrap_or_default(),
        ci_workflows: project.ci_workflows().ok().flatten().unwrap_or_default(),
        branch: place
            .settings
            .text("traffic.branch")
            .unwrap_or("main")
            .to_owned(),
        schedule: place
            .settings
            .text("traffic.schedule")
            .map_or_else(|| default_schedule(&repository.to_string()), str::to_owned),
        repository,
    };
    names
        .check(provision::SECRET)
        .map_err(|error| error::create(CreateError::Settle(error)))?;
    let badge = said.badge_gist.clone().or_else(|| get("badge_gist_id"));
    let badge = badge.or(entry.badge_gist_id);
    let archive = said.archive_gist.clone();
    let archive = archive.or_else(|| get("archive_gist_id"));
    let archive = archive.or(entry.archive_gist_id);
    let mut builder: PlanBuilder<Op> = PlanBuilder::new("traffic init");
    if badge.is_none() {
        builder.warn("no gist is known yet: the dashboard shows nothing before `piton traffic create` was run");
    }
    let filling = Filling {
        names: &names,
        login: names.repository.owner(),
        secret: provision::SECRET,
        install: &install,
        badge: &Slot::Known(badge.unwrap_or_else(|| "GISTID".to_owned())),
        archive: &Slot::Known(archive.unwrap_or_else(|| "ARCHIVEID".to_owned())),
    };
    let earlier = earlier(&place);
    let treat = Treat::new(mode, &earlier);
    plan_init(&mut builder, &context.disk, place.top(), &filling, treat)
        .map_err(|errors| error::create(CreateError::Files(errors)))?;
    let plan = builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").with_source(error)
    })?;
    let ended = context.site(&place).carry_out_and_tell(args, &plan)?;
    if ended.exit == Exit::Done && !ended.receipts.is_empty() {
        context
            .out
            .hint("commit the files and push them: `git add -A && git commit && git push`");
    }
    Ok(ended.exit)
}
