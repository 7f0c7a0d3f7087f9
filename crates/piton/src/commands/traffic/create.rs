//! `piton traffic create`: sets tracking up.

use std::fmt::Write as _;
use std::io::{BufRead as _, Read as _};

use clap::Args;
use piton_github::operation::{CreateGist, ForgeOp, SECRET_FLAG};
use piton_plan::{Answer, Plan, SecretRef, SecretText};
use piton_traffic::provision::{
    self, CreateError, Facts, Gists, Kind, Parts, Said, TokenFrom, Wishes,
};
use piton_traffic::settings::is_gist_id;

use super::conflict::ConflictArgs;
use super::pinned::install;
use super::place::{Known, MeantArgs, earlier, not_an_id};
use super::standing::Standing;
use super::tips::{self, Tip};
use super::{backfill, error, init, mend, report};
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult, ErrorKind, Exit};
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::terminal::Terminal;

/// No token is longer.
const LONGEST_TOKEN: u64 = 64 * 1024;

/// Set up traffic tracking of a repository
///
/// Two gists keep the numbers, two variables and a secret name them to the
/// collector, four files collect and show. What already exists is used; a
/// second run changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton traffic create --dry-run
  piton traffic create --token-env TRAFFIC_TOKEN
  piton traffic create --owner acme --repo widget --enable-pages
  piton traffic create --files-only     what `piton traffic init` does

The token of the collector: a fine-grained one, for this repository alone, that
reads Administration, Actions, Contents and Metadata and writes Gists; or a
classic one with public_repo (repo for a private repository) and gist.")]
pub(crate) struct CreateArgs {
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

    #[command(flatten)]
    conflict: ConflictArgs,

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

    /// Write the files with placeholders in the places of names and gists
    #[arg(long, conflicts_with_all = ["configure", "files_only"])]
    no_configure: bool,

    /// Use the gists that are found, as is done without it too
    #[arg(long, conflicts_with = "new_gists")]
    reuse: bool,

    /// Fill in GitHub's fourteen days at the end
    #[arg(long, conflicts_with = "files_only")]
    seed: bool,

    #[arg(
        long,
        value_name = "NAME",
        help = "The secret that holds the collector's token; default: as the workflow has it, \
                or TRAFFIC_GIST_TOKEN"
    )]
    gist_token_name: Option<String>,

    /// The variable of the environment that holds the token
    #[arg(long, value_name = "VARIABLE")]
    token_env: Option<String>,

    /// Read the token from standard input, one line
    #[arg(long, conflicts_with_all = ["token_env", "plan_out"])]
    token_stdin: bool,

    /// Replace the token that is stored
    #[arg(long)]
    rotate_token: bool,

    /// Make new gists, although there are some
    #[arg(long, conflicts_with_all = ["badge_gist", "archive_gist"])]
    new_gists: bool,

    /// The gist of the badges
    #[arg(long, value_name = "ID")]
    badge_gist: Option<String>,

    /// The gist of the archive
    #[arg(long, value_name = "ID")]
    archive_gist: Option<String>,

    /// Pushes to this branch collect; default: traffic.branch, as the
    /// workflow has it, or GitHub's default
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,

    /// When the collector runs, as a cron line; default: traffic.schedule, as the
    /// workflow has it, or twice a day
    #[arg(long, value_name = "CRON")]
    schedule: Option<String>,

    /// Publish the dashboard with GitHub Pages
    #[arg(long)]
    enable_pages: bool,

    /// Start the collector at the end
    #[arg(long)]
    run_now: bool,

    #[command(flatten)]
    pub(super) meant: MeantArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &CreateArgs) -> CommandResult {
    if args.files_only {
        return init::files(context, &args.meant, &args.conflict, &args.plan);
    }
    let place = Known::place_to_write(context, &args.plan)?;
    let known = Known::read(context, Some(&place), &args.meant)?;
    let mut wishes = wishes(context, args, &place, &known)?;
    let told = told(context, args)?;
    let forge = crate::context::forge::client(context, &place.settings)?;
    let earlier = earlier(&place);
    let (facts, decided) = loop {
        let facts = mend::facts(context, &forge, &known, &wishes)?;
        let destination = known.destination(context, &place, &earlier);
        let decided = provision::plan_create::<Op>(&wishes, &facts, destination);
        match decided {
            Ok(decided) => break (facts, decided),
            Err(CreateError::Disagree {
                kind, candidates, ..
            }) if context.interactive() && !args.plan.changes_nothing() => {
                let chosen = choose(context, kind, &candidates)?;
                match kind {
                    Kind::Badge => wishes.said.badge_gist = Some(chosen),
                    Kind::Archive => wishes.said.archive_gist = Some(chosen),
                }
            }
            Err(error) => return Err(error::create(error)),
        }
    };
    if matches!(wishes.token, TokenFrom::Asked) && told.is_empty() {
        guide(context, &facts, &decided);
    }
    if args.seed && args.plan.changes_nothing() {
        let then = "--seed: afterwards `piton traffic backfill` fills in GitHub's fourteen days";
        context.out.note(Channel::Setup, Level::INFO, then);
    }
    let mut site = context.site(&place);
    site.told = told;
    let ended = site.carry_out_and_tell(&args.plan, &decided)?;
    if !args.plan.changes_nothing() && matches!(ended.exit, Exit::Done | Exit::Deviation) {
        report::tell(context, &wishes, &facts, &decided, &ended.receipts);
        give_tips(context, &decided);
    }
    if args.seed && !args.plan.changes_nothing() && ended.exit == Exit::Done {
        return backfill::seed(context, &args.meant, &args.plan);
    }
    Ok(ended.exit)
}

/// Says which token the collector needs, where one will be asked for or left to
/// a person.
fn guide(context: &Context, facts: &Facts, plan: &Plan<Op>) {
    let asks = plan
        .actions()
        .iter()
        .any(|action| action.id().as_str().starts_with("secret:") && action.input().is_some());
    let Some(repository) = facts.repository.as_ref().filter(|_| asks) else {
        return;
    };
    let classic = if repository.private {
        "repo"
    } else {
        "public_repo"
    };
    let name = &repository.full_name;
    context.out.note(
        Channel::Setup,
        Level::INFO,
        &format!(
            "the collector needs a token of its own, say `Traffic Tracker - {name}`:\n  \
             a fine-grained one for {name} alone that reads Administration, Actions,\n  \
             Contents and Metadata and writes Gists; or a classic one with\n  \
             {classic} and gist. A token with gist alone cannot read traffic."
        ),
    );
}

/// Tips that fit what was done.
fn give_tips(context: &Context, plan: &Plan<Op>) {
    let wrote = |id: &str| {
        let mut actions = plan.actions().iter();
        actions.any(|action| action.id().as_str() == id)
    };
    if wrote("config:write:.ghtraf.json") {
        for tip in [Tip::Remember, Tip::DryRun, Tip::RateLimit, Tip::Token] {
            tips::tell(context.out, tip);
        }
    }
}

/// The token on standard input is the answer to the question for it.
fn told(context: &Context, args: &CreateArgs) -> Result<Vec<(String, Answer)>, CommandError> {
    if !args.token_stdin {
        return Ok(Vec::new());
    }
    if context.interactive() {
        // Somebody types it: then it is asked for, and not shown.
        return Ok(Vec::new());
    }
    let mut line = String::new();
    let mut input = std::io::stdin().lock().take(LONGEST_TOKEN);
    input
        .read_line(&mut line)
        .or_usage("could not read the token from standard input")?;
    let token = line.trim();
    if token.is_empty() {
        return Ok(Vec::new());
    }
    let answer = Answer::Secret(SecretText::new(token.to_owned()));
    Ok(vec![(SECRET_FLAG.to_owned(), answer)])
}

/// Asks which of several gists is meant.
fn choose(
    context: &Context,
    kind: Kind,
    candidates: &[(String, &'static str)],
) -> Result<String, CommandError> {
    let mut prompt = format!("several {} gists are named:\n", kind.name());
    for (id, by) in candidates {
        let _ = writeln!(prompt, "  {id}  by {by}");
    }
    prompt.push_str("which one (its first characters are enough)? ");
    let words: Vec<&str> = candidates.iter().map(|(id, _)| id.as_str()).collect();
    let chosen = Terminal::new(&context.stop).choose(&prompt, &words)?;
    chosen.ok_or_else(|| {
        CommandError::new(
            ErrorKind::NeedsPerson,
            "no gist was chosen; nothing was changed",
        )
    })
}

fn wishes(
    context: &Context,
    args: &CreateArgs,
    place: &Place,
    known: &Known,
) -> Result<Wishes, CommandError> {
    let settings = &place.settings;
    let or_set = |flag: &Option<String>, setting: Option<&str>| {
        flag.clone().or_else(|| setting.map(str::to_owned))
    };
    let token = match &args.token_env {
        Some(name) => TokenFrom::Variable(named(context, name)?),
        None => TokenFrom::Asked,
    };
    refuse_no_id("--badge-gist", args.badge_gist.as_deref())?;
    refuse_no_id("--archive-gist", args.archive_gist.as_deref())?;
    let gist = |flag: &Option<String>, said: &Option<String>| {
        or_set(flag, said.as_deref().filter(|_| !args.new_gists))
    };
    let files = !args.no_files && !args.gist_only;
    let standing = Standing::read(&context.disk, place.top());
    let gists = if args.new_gists {
        before_cut_off(context, place)?.map_or(Gists::New, Gists::NewBeside)
    } else {
        Gists::Found
    };
    Ok(Wishes {
        repository: known.named_or_asked(context)?,
        said: Said {
            created: or_set(&args.created, known.said.created.as_deref()),
            display_name: or_set(&args.display_name, known.said.display_name.as_deref()),
            badge_gist: gist(&args.badge_gist, &known.said.badge_gist),
            archive_gist: gist(&args.archive_gist, &known.said.archive_gist),
        },
        ci_workflows: args.ci_workflows.clone(),
        secret: (args.gist_token_name.clone())
            .or(standing.secret)
            .unwrap_or_else(|| provision::SECRET.to_owned()),
        token,
        rotate: args.rotate_token,
        gists,
        branch: or_set(&args.branch, settings.traffic_branch()).or(standing.branch),
        schedule: or_set(&args.schedule, settings.traffic_schedule()).or(standing.schedule),
        install: files.then(|| install(settings)).transpose()?,
        parts: Parts {
            variables: !args.skip_variables && !args.gist_only,
            files,
            pages: args.enable_pages,
            run: args.run_now,
        },
        on_conflict: args.conflict.settled(context),
        raw: args.no_configure,
        force: args.conflict.force,
    })
}

fn refuse_no_id(name: &str, given: Option<&str>) -> Result<(), CommandError> {
    match given.filter(|id| !is_gist_id(id)) {
        Some(id) => Err(not_an_id(name, id)),
        None => Ok(()),
    }
}

/// Returns the gists that a set-up passed over that made new ones and was cut off.
/// What it made is what is wanted now, and not one more.
fn before_cut_off(context: &Context, place: &Place) -> Result<Option<Vec<String>>, CommandError> {
    let site = context.site(place);
    let journal = site.not_seen_through(|command| command == "traffic create")?;
    let Some(Ok(plan)) = journal.map(|journal| journal.plan::<Op>()) else {
        return Ok(None);
    };
    let made: Vec<&CreateGist> = plan
        .actions()
        .iter()
        .filter_map(|action| match action.operation() {
            Op::Forge(ForgeOp::CreateGist(create)) => Some(create),
            _ => None,
        })
        .collect();
    let besides = made.iter().flat_map(|create| create.besides.clone());
    Ok((!made.is_empty()).then(|| besides.collect()))
}

/// A token in a variable that is set. Its value goes nowhere but to GitHub.
fn named(context: &Context, name: &str) -> Result<SecretRef, CommandError> {
    let secret: SecretRef = format!("env:{name}")
        .parse()
        .or_usage("could not use --token-env")?;
    if context.environment.get(name).is_none() {
        return Err(CommandError::usage(format!(
            "--token-env names {name}, which is not set"
        )));
    }
    Ok(secret)
}
