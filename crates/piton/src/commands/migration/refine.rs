//! `piton migration refine`: feedback, and one revision that takes it up.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use piton_durable::Lock;
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::person::{PersonRefusal, ReviewSheet};
use piton_loop::planning::snapshot::{Live, SnapshotError};
use piton_migration::planning::FeedbackSource;
use piton_migration::slug::Slug;

use super::find::find;
use super::{review_sheet, step};
use crate::agents::AgentArgs;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult, ErrorKind, Exit};
use crate::migrations::{Decision, PlannedStep, person_refusal, planned_step, proposed};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::planning::AskedEffort;
use crate::terminal::editor;
use crate::terminal::worded;

/// Give feedback on a plan, and have it revised
///
/// The feedback is recorded and committed first, so it stays when the agent
/// fails; then one planning step uses it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration refine SLUG --message \"keep the old entry point\"
  piton migration refine SLUG --file notes.md
  piton migration refine SLUG --editor")]
pub(crate) struct RefineArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    #[command(flatten)]
    feedback: FeedbackArgs,

    /// Only record the feedback; the next `piton migration step` uses it
    #[arg(long)]
    record_only: bool,

    #[command(flatten)]
    agent: AgentArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

/// Where the feedback comes from; exactly one of them.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct FeedbackArgs {
    /// The feedback itself
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = worded::text)]
    message: Option<String>,

    /// A file with the feedback
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,

    /// Write the feedback in an editor
    #[arg(long)]
    editor: bool,
}

pub(crate) fn run(context: &Context, args: &RefineArgs) -> CommandResult {
    let (source, text) = feedback(context, &args.slug, &args.feedback)?;
    if text.trim().is_empty() {
        return Err(CommandError::usage(
            "the feedback is empty; nothing was changed",
        ));
    }
    context.refuse_secret("the feedback", &text)?;
    let mut place = context.place_to_call(&args.plan)?;
    args.agent.over(&mut place.settings)?;
    let slug = find(context, &place, &args.slug)?;
    if !args.record_only && !args.plan.changes_nothing() {
        context.out.begin_series();
    }
    // Whoever is at work on it would have worked for nothing.
    let _claim = if args.record_only || args.plan.changes_nothing() {
        None
    } else {
        Some(planned_step::claim(context, &place, &slug)?)
    };
    let exit = record(context, &place, &slug, (source, &text), args)?;
    if args.plan.changes_nothing() {
        context
            .out
            .hint("then one planning step uses it, decided on what is live by then");
        return Ok(exit);
    }
    if exit == Exit::Done && args.record_only {
        context
            .out
            .hint(&format!("continue with `piton migration step {slug}`"));
    }
    if exit != Exit::Done || args.record_only {
        return Ok(exit);
    }
    let step = PlannedStep {
        effort: AskedEffort::Refine,
        ..PlannedStep::of(context, &place, &slug, &args.plan)
    };
    let exit = step.carry_out_claimed(false)?;
    if exit == Exit::Done {
        step::tell_what_is_next(context, &place, &slug, None)?;
    }
    Ok(exit)
}

/// How often feedback is decided again when the migration changed in between.
const TRIES: u32 = 20;

/// How long another process may take over the feedback that it records.
const PATIENCE: Duration = Duration::from_secs(60);

/// Records the feedback. It goes with any state of the plan: when somebody
/// else was faster, it is decided again on what is live then.
fn record(
    context: &Context,
    place: &Place,
    slug: &Slug,
    feedback: (FeedbackSource, &str),
    args: &RefineArgs,
) -> CommandResult {
    let site = place.planning_site()?;
    let decision = Decision::Refine(feedback.0, feedback.1);
    // One after the other is faster than all at once, and again.
    let _turn = if args.plan.changes_nothing() {
        None
    } else {
        let lock = Lock::at(place.state().work().join(format!("feedback-{slug}.lock")));
        let holder = context.holder("recording feedback");
        lock.acquire(&holder, PATIENCE).ok()
    };
    let mut left = TRIES;
    loop {
        left -= 1;
        let proposal = match decision.propose(context, place, &site, slug) {
            Ok(proposal) => proposal,
            // Somebody is between publishing and committing.
            Err(PersonRefusal::Site(StepRefusal::Dirty { .. }))
                if left > 0 && !args.plan.changes_nothing() =>
            {
                if context.stop.wait(Duration::from_millis(100)) {
                    return Ok(Exit::Interrupted);
                }
                continue;
            }
            Err(error) => return Err(refused(error, slug)),
        };
        let command = decision.command();
        let exit = proposed::carry_out(context, place, &args.plan, command, proposal)?;
        if exit != Exit::StalePlan || left == 0 {
            return Ok(exit);
        }
        context.out.note(
            Channel::Plan,
            Level::NORMAL,
            "the migration changed meanwhile; the feedback is recorded on what is there now",
        );
    }
}

/// What cannot be refined is the caller's to know: 2, as with the original.
fn refused(error: PersonRefusal, slug: &Slug) -> CommandError {
    let usage = matches!(
        &error,
        PersonRefusal::Snapshot(SnapshotError::NoState { .. })
            | PersonRefusal::Site(StepRefusal::Ended { .. })
    );
    let mut error = person_refusal(error, slug);
    if usage {
        error.kind = ErrorKind::Usage;
    }
    error
}

/// Returns what the editor shows below: the plan as it stands.
fn about(context: &Context, slug: &Path) -> Result<String, CommandError> {
    let place = context.place()?;
    let slug = find(context, &place, slug)?;
    let live = Live::read(&context.disk, &place.planning_site()?, &slug)
        .or_failed(format!("could not read {slug}"))?;
    Ok(review_sheet::shown(&ReviewSheet::of(&live), &live, false))
}

fn feedback(
    context: &Context,
    slug: &Path,
    args: &FeedbackArgs,
) -> Result<(FeedbackSource, String), CommandError> {
    if let Some(message) = &args.message {
        return Ok((FeedbackSource::Message, message.clone()));
    }
    if let Some(file) = &args.file {
        let path = context.directory.join(file);
        let could_not = || CommandError::usage(format!("could not read {}", file.display()));
        let bytes = crate::operation::files::read(&context.disk, &path)
            .map_err(|error| could_not().with_source(error.on_one_line()))?
            .ok_or_else(|| could_not().with_source("there is no such file"))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| CommandError::usage(format!("{} is not UTF-8", file.display())))?;
        return Ok((FeedbackSource::File, text));
    }
    let below = about(context, slug)?;
    let text = editor::write(context, "feedback", &below)?;
    Ok((FeedbackSource::Message, text))
}
