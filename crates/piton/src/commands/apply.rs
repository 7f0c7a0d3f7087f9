//! `piton apply`: performs a plan that was saved.

use std::path::PathBuf;

use clap::Args;
use piton_loop::claim::Claim;
use piton_loop::operation::LoopOp;
use piton_migration::slug::Slug;
use piton_plan::render::Heading;
use piton_plan::saved::{self, LoadError, Refusal, SavedPlan};
use piton_plan::{Admission, ApplyError, Jobs, Plan};

use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, ErrorKind, Exit};
use crate::migrations::{PlannedStep, planned_step};
use crate::operation::Op;
use crate::output::Show;
use crate::planned::{PlanArgs, short, site};

/// Perform a plan that `--plan-out` saved
///
/// Every premise is checked again first. A plan that is stale, was applied
/// before, or is not as it was written is refused, and nothing is changed; one
/// that asked an agent and failed may be applied again as long as it is not
/// stale. With a bare `--show` the plan is only shown, also when it is stale.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton init --plan-out plan.json
  piton apply --show plan.json        look at it, also when it is stale
  piton apply plan.json               perform it, once")]
pub(crate) struct ApplyArgs {
    /// The saved plan
    file: PathBuf,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &ApplyArgs) -> CommandResult {
    let saved: SavedPlan<Op> = saved::load(&context.disk, &context.directory.join(&args.file))
        .map_err(|error| load_error(error, &args.file))?;
    let only_shown = context.global.show.contains(&Show::List);
    let only_look = only_shown || args.plan.changes_nothing();
    if context.recover_if_any(only_look, None)? == Some(saved.id) {
        // It was this very plan that was cut off.
        return Ok(Exit::Done);
    }
    let site = site::of_plan(context, &saved.plan)?;
    if only_shown {
        site.show(&args.plan, &saved.plan, Heading::Saved)?;
        return Ok(Exit::Done);
    }
    if args.plan.plan_out.is_some() {
        return Err(
            CommandError::usage("a saved plan cannot be saved again").hint("leave --plan-out out")
        );
    }
    let journals = site.journals();
    let jobs = Jobs(args.plan.perform.jobs);
    let admitted = piton_plan::admit(&saved, &context.disk, &journals, &site.reading, jobs)
        .map_err(admit_error)?;
    let place = context.place_if_any()?;
    let steps = Steps {
        context,
        place: place.as_ref(),
        slugs: called(&saved.plan),
    };
    if let Admission::Anew(_) = admitted
        && let Some(exit) = steps.publish_what_waits(&args.plan)?
    {
        return Ok(exit);
    }
    if args.plan.dry_run {
        return site.carry_out(&args.plan, &saved.plan);
    }
    if !context.out.json_wanted() {
        site.show(&args.plan, &saved.plan, Heading::Run)?;
    }
    let _claims = steps.claim()?;
    let perform = &args.plan.perform;
    let exit = match admitted {
        Admission::First => {
            let ended = site.ask_and_perform(perform, Some(saved.id), &saved.plan)?;
            ended.exit
        }
        Admission::Anew(journal) => site.perform_anew(perform, &journal, &saved.plan)?,
    };
    if exit != Exit::Done && steps.waiting().is_some() {
        context.out.hint(&format!(
            "the answer is kept: `piton apply {}` publishes it without a new call",
            args.file.display()
        ));
    }
    Ok(exit)
}

/// The planning steps that a plan holds.
struct Steps<'a> {
    context: &'a Context,
    place: Option<&'a Place>,
    slugs: Vec<&'a Slug>,
}

impl Steps<'_> {
    /// Nobody else may be at these migrations meanwhile.
    fn claim(&self) -> Result<Vec<Claim>, CommandError> {
        let Some(place) = self.place else {
            return Ok(Vec::new());
        };
        let claims = self.slugs.iter();
        claims
            .map(|slug| planned_step::claim(self.context, place, slug))
            .collect()
    }

    /// Returns the migration for which an answer waits, paid for by an earlier
    /// try.
    fn waiting(&self) -> Option<(&Place, &Slug)> {
        let place = self.place?;
        let waits = |slug: &&&Slug| planned_step::answer_waits(self.context, place, slug);
        Some((place, self.slugs.iter().find(waits)?))
    }

    /// Publishes an answer that waits in place of asking again.
    fn publish_what_waits(&self, args: &PlanArgs) -> Result<Option<Exit>, CommandError> {
        let Some((place, slug)) = self.waiting() else {
            return Ok(None);
        };
        let step = PlannedStep::of(self.context, place, slug, args);
        step.carry_out(false).map(Some)
    }
}

/// Returns the migrations for which a plan calls an agent.
fn called(plan: &Plan<Op>) -> Vec<&Slug> {
    let actions = plan.actions().iter();
    actions
        .filter_map(|action| {
            let Op::Loop(LoopOp::Call(call)) = action.operation() else {
                return None;
            };
            Some(&call.slug)
        })
        .collect()
}

fn load_error(error: LoadError, file: &std::path::Path) -> CommandError {
    let wrong = |error: LoadError| {
        CommandError::usage(format!("could not use the plan {}", file.display())).with_source(error)
    };
    match &error {
        LoadError::Read { .. } => wrong(error).hint("name a file that `--plan-out` wrote"),
        LoadError::Refused { why, .. } => match why {
            Refusal::Newer { .. } => {
                wrong(error).hint("use the piton that wrote it, or a newer one")
            }
            Refusal::Empty
            | Refusal::Older { .. }
            | Refusal::TooLarge(_)
            | Refusal::NotUtf8
            | Refusal::Truncated
            | Refusal::NotJson(_)
            | Refusal::NotAPlan
            | Refusal::Edited
            | Refusal::Invalid(_) => wrong(error).hint("make a new plan with `--plan-out`"),
        },
    }
}

fn admit_error(error: ApplyError) -> CommandError {
    match error {
        ApplyError::Stale(stale) => {
            let message = "the plan is stale; nothing was changed";
            let error = CommandError::new(ErrorKind::Stale, message);
            stale
                .0
                .into_iter()
                .fold(error, |error, change| {
                    error.detail(format!(
                        "{}: expected {}, found {}",
                        change.action, change.expected, change.found
                    ))
                })
                .hint("make a new plan with the command that made this one")
                .hint("`piton apply --show` still shows it")
        }
        ApplyError::Applied { id } => CommandError::new(
            ErrorKind::Stale,
            "the plan was applied already, and a plan is applied once only; nothing was changed",
        )
        .hint(format!(
            "`piton journal show {}` shows what it did",
            short(id)
        )),
        ApplyError::Unfinished { id } => {
            CommandError::failed("the plan was begun and not finished; nothing was changed").hint(
                format!("continue with `piton journal resume {}`", short(id)),
            )
        }
        ApplyError::Journal(_) => {
            CommandError::failed("could not find out whether the plan was applied before")
                .with_source(error)
        }
    }
}
