//! `piton traffic init`: the files alone, without GitHub.

use clap::Args;
use piton_github::RepoName;
use piton_plan::{PlanBuilder, Slot};
use piton_traffic::provision::{self, CreateError, Filling, Names, Treat, display_name, plan_init};
use piton_traffic::settings::is_date;
use piton_traffic::templates::default_schedule;

use super::conflict::ConflictArgs;
use super::error;
use super::ground::Ground;
use super::pinned::install;
use super::place::{Known, MeantArgs, earlier};
use super::standing::Standing;
use super::tips::{self, Tip};
use crate::config::Settings;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;

/// Write the files of traffic tracking, and nothing else
///
/// The same as `piton traffic create --files-only`. GitHub is not asked, and it
/// need not be a git repository.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic init --dry-run
  piton traffic init
  piton traffic init --skip-existing")]
pub(crate) struct InitArgs {
    #[command(flatten)]
    conflict: ConflictArgs,

    #[command(flatten)]
    pub(super) meant: MeantArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &InitArgs) -> CommandResult {
    let told = "the same as `piton traffic create --files-only`";
    context.out.note(Channel::Setup, Level::DETAIL, told);
    files(context, &args.meant, &args.conflict, &args.plan)
}

/// Decides about the files out of what is known on this machine.
pub(super) fn files(
    context: &Context,
    meant: &MeantArgs,
    conflict: &ConflictArgs,
    args: &PlanArgs,
) -> CommandResult {
    let ground = Ground::to_write(context, args)?;
    let settings = ground.settings();
    let known = Known::read_in(context, Some(ground.top()), ground.place(), meant)?;
    let named = known.asked(context)?;
    let install = install(settings)?;
    let standing = Standing::read(&context.disk, ground.top());
    let secret = standing.secret.as_deref().unwrap_or(provision::SECRET);
    let Meant {
        names,
        badge,
        archive,
    } = Meant::of(&known, named.as_ref(), settings, &standing)?;
    names
        .check(secret)
        .map_err(|error| error::create(CreateError::Settle(error)))?;
    let mut builder: PlanBuilder<Op> = PlanBuilder::new("traffic init");
    ground.note(&mut builder);
    provision::watch(&mut builder);
    if named.is_none() {
        builder.warn("no repository is known: the files name none, and the dashboard shows nothing before it is named with --repo OWNER/NAME");
    } else if badge.is_none() {
        builder.warn("no gist is known yet: the dashboard shows nothing before `piton traffic create` was run");
    }
    let configured = named.is_some() && badge.is_some();
    let owner = badge.as_deref().and_then(|badge| standing.owner_of(badge));
    let filling = Filling {
        names: &names,
        login: owner.unwrap_or(names.repository.owner()),
        secret,
        install: &install,
        badge: &Slot::Known(badge.unwrap_or_else(|| "GISTID".to_owned())),
        archive: &Slot::Known(archive.unwrap_or_else(|| "ARCHIVEID".to_owned())),
    };
    let earlier = ground.place().map(earlier).unwrap_or_default();
    let treat = Treat::new(conflict.settled(context), &earlier);
    plan_init(&mut builder, &context.disk, ground.top(), &filling, treat)
        .map_err(|errors| error::create(CreateError::Files(errors)))?;
    let plan = builder.build()?;
    let ended = ground.site(context)?.carry_out_and_tell(args, &plan)?;
    let wrote = ended.exit == Exit::Done && !ended.receipts.is_empty();
    if wrote && !configured {
        tips::tell(context.out, Tip::Configure);
    }
    if wrote && ground.place().is_some() {
        context
            .out
            .hint("commit the files and push them: `git add -A && git commit && git push`");
    }
    Ok(ended.exit)
}

/// What the files are to say, as far as it is known on this machine.
struct Meant {
    names: Names,
    badge: Option<String>,
    archive: Option<String>,
}

impl Meant {
    fn of(
        known: &Known,
        named: Option<&RepoName>,
        settings: &Settings,
        standing: &Standing,
    ) -> Result<Self, CommandError> {
        let project = known.project();
        let get = |field: &str| project.get(field);
        let said = &known.said;
        let repository = named.cloned().map_or_else(placeholder, Ok)?;
        let entry = known.global.entry(&repository).unwrap_or_default();
        let created = said.created.clone();
        let created = created.or_else(|| get("created")).or(entry.created);
        let display = said.display_name.clone();
        let display = display.or_else(|| get("display_name"));
        let badge = said.badge_gist.clone();
        let badge = badge.or_else(|| get("badge_gist_id"));
        let archive = said.archive_gist.clone();
        let archive = archive.or_else(|| get("archive_gist_id"));
        let names = Names {
            display_name: display
                .or(entry.display_name)
                .unwrap_or_else(|| match named {
                    Some(named) => display_name(named.name()),
                    None => "PLACEHOLDER".to_owned(),
                }),
            created: created.filter(|day| is_date(day)).unwrap_or_default(),
            ci_workflows: project.ci_workflows().ok().flatten().unwrap_or_default(),
            branch: settings
                .traffic_branch()
                .or(standing.branch.as_deref())
                .unwrap_or("main")
                .to_owned(),
            schedule: settings
                .traffic_schedule()
                .or(standing.schedule.as_deref())
                .map_or_else(|| default_schedule(&repository.to_string()), str::to_owned),
            repository,
        };
        Ok(Self {
            names,
            badge: badge.or(entry.badge_gist_id),
            archive: archive.or(entry.archive_gist_id),
        })
    }
}

/// What stands in the files where no repository is known yet.
fn placeholder() -> Result<RepoName, CommandError> {
    RepoName::new("OWNER", "REPO").or_internal("could not leave the repository open")
}
