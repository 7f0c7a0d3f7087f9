//! `piton migration review`: what waits for a person, and the answer.

use std::path::{Path, PathBuf};

use clap::Args;
use piton_agent::CallRole;
use piton_durable::{create_dirs, tree};
use piton_git::GitRead;
use piton_git::slot::{Slot, SlotChange, SlotChangeKind};
use piton_loop::operation::AgentChoice;
use piton_loop::planning::failure::StepFailure;
use piton_loop::planning::person::{self, Choice, PersonRefusal, ReviewSession, ReviewSheet};
use piton_loop::planning::snapshot::Live;
use piton_loop::slots::SlotSettings;
use piton_migration::contents::Contents;
use piton_migration::planning::FeedbackSource;
use piton_migration::slug::Slug;
use serde_json::json;

use super::find::find;
use super::review_sheet;
use crate::agents::session::{self, Page, Talk};
use crate::agents::{self, AgentArgs, Watch};
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult, ErrorKind, Exit};
use crate::migrations::{Decision, case, person_refusal, proposed, standing};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::planning::PlanningContext;
use crate::terminal::{Terminal, editor};

/// Show what a migration asks of a person, and take the answer
///
/// On a terminal it asks for one; otherwise it only shows, and ends with 3.
/// For scripts there are `approve`, `reject` and `refine`. With --with the
/// agent looks at a copy together with you, on your terminal; what you approve
/// there is checked, published and committed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton migration review SLUG\n  piton migration review SLUG --json"
)]
pub(crate) struct ReviewArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    #[command(flatten)]
    agent: AgentArgs,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &ReviewArgs) -> CommandResult {
    if args.plan.plan_out.is_some() {
        return Err(CommandError::usage(
            "a review cannot be saved as a plan before it is answered",
        )
        .hint("`piton migration approve`, `reject` and `refine` take --plan-out with the answer"));
    }
    let mut place = context.place_to_call(&args.plan)?;
    args.agent.over(&mut place.settings)?;
    let slug = find(context, &place, &args.slug)?;
    if args.agent.names_one() {
        return with_agent(context, &place, &slug, &args.plan);
    }
    let site = place.planning_site()?;
    let live =
        Live::read(&context.disk, &site, &slug).or_failed(format!("could not read {slug}"))?;
    let sheet = ReviewSheet::of(&live);
    let waits = sheet.reason.is_some();
    let exit = if waits {
        Exit::WaitsForPerson
    } else {
        Exit::Done
    };
    if context.out.json_wanted() {
        context.out.json(json!({
            "slug": slug.as_str(),
            "awaiting_human_review": waits,
            "reason": sheet.reason,
            "findings": sheet.findings,
            "explanation": review_sheet::explanation(&sheet, &live),
            "manifest_text": sheet.manifest,
            "plan_text": review_sheet::plan(&sheet, &live),
            "phase_text": sheet.phase.as_deref().and_then(|file| live.contents.text(file)),
            "choices": sheet.choices.iter().map(|choice| choice.as_str()).collect::<Vec<_>>(),
        }));
        context.out.amend(standing::stands(context, &place, &slug));
        return Ok(exit);
    }
    let asks = waits && context.interactive() && !args.plan.changes_nothing();
    context.out.data(&review_sheet::shown(&sheet, &live, asks));
    if !asks {
        return Ok(exit);
    }
    answer(context, &place, &live, &sheet, &args.plan)
}

/// Has the agent and the person look at a copy, and takes over what they made.
fn with_agent(context: &Context, place: &Place, slug: &Slug, args: &PlanArgs) -> CommandResult {
    let planning = PlanningContext::set(context, place)?;
    let case = case(context, place, &planning.site, slug);
    let session = ReviewSession::decide(&case).map_err(|error| person_refusal(error, slug))?;
    let prompt = session
        .prompt(
            &planning.prompts,
            &planning.taste.text,
            place.settings.validation_command(),
        )
        .or_usage("could not use the prompt templates")?;
    let chosen = agents::chosen(&place.settings, &context.directory, place.top());
    if args.changes_nothing() {
        context
            .out
            .data(&review_sheet::shown(&session.sheet, &session.live, false));
        context.out.say(
            Channel::Plan,
            Level::NORMAL,
            &format!(
                "then a session with {}; its outcome is not known beforehand",
                chosen.name
            ),
        );
        context.out.say(Channel::Plan, Level::PAYLOAD, &prompt);
        return Ok(Exit::WaitsForPerson);
    }
    place.refuse_unwritable()?;
    place.refuse_unwritable_migrations()?;
    let slots = agents::slots::settings(context, place)?;
    let role = CallRole::MigrationReview;
    let command = format!("migration review {slug}");
    let page = Page::begin(context, place, command, (role, &chosen), &slots.terms)?;
    let seat = Seat {
        slots: &slots,
        chosen: &chosen,
        page: &page,
    };
    let taken = talked(context, place, &planning, &session, &seat, prompt).and_then(|copy| {
        let kept = copy.clone();
        person::reviewed(&case, &session.live, copy).map_err(|error| {
            let not_approved = matches!(&error, PersonRefusal::StillAwaiting { .. });
            let mut error = person_refusal(error, slug);
            if not_approved {
                error.kind = ErrorKind::NeedsPerson;
            }
            error.record(keep(context, place, &session.live, &kept))
        })
    });
    page.close(context, taken.as_ref().map(|_| "approved in the session"));
    proposed::carry_out(context, place, args, "migration review", taken?)
}

/// With whom, on what terms and in what record a review is held.
struct Seat<'a> {
    slots: &'a SlotSettings,
    chosen: &'a AgentChoice,
    page: &'a Page,
}

/// Holds the session in a slot, and returns what it left of the migration. The
/// repository is looked after meanwhile.
fn talked(
    context: &Context,
    place: &Place,
    planning: &PlanningContext,
    session: &ReviewSession,
    &Seat {
        slots,
        chosen,
        page,
    }: &Seat<'_>,
    prompt: String,
) -> Result<Contents, CommandError> {
    let disk = &context.disk;
    let name = format!("review-{}", crate::context::token());
    let scratch = planning.site.candidates().join(&name);
    let slot = prepared(context, place, slots, (&name, &scratch))?;
    session.lay_out(disk, &slot).map_err(failed)?;
    let watch = Watch::begin(context, place, slots, &name)?;
    let held = session::hold(
        context,
        &place.settings,
        chosen,
        Talk {
            role: CallRole::MigrationReview,
            slug: Some(session.live.slug.to_string()),
            prompt,
            model: agents::model(&place.settings, CallRole::MigrationReview.as_str()),
            directory: slot.dir(),
            content: None,
            scratch: &scratch,
            terms: Some(&slots.terms),
            page: Some(page),
        },
    );
    let _ = tree::remove(disk, &scratch);
    // However it ended: what was done to the repository is told.
    let changes = slot
        .changes()
        .map_err(StepFailure::Changes)
        .map_err(failed)?;
    let (inside, outside) = changes.split(session.destination.as_ref());
    let is_new = |change: &SlotChange| match change.kind {
        SlotChangeKind::Made | SlotChangeKind::Repository => true,
        SlotChangeKind::Changed | SlotChangeKind::Deleted => false,
    };
    let outside = outside.0.into_iter().filter(|change| !is_new(change));
    let left = session.take_up(disk, &slot);
    if let Err(error) = watch.end(context, place, &slot, outside.collect()) {
        let kept = left
            .ok()
            .and_then(|left| keep(context, place, &session.live, &left));
        return Err(error.record(kept));
    }
    held?;
    inside
        .refuse_unfit(disk, slot.dir(), slots.max_new)
        .map_err(|error| failed(StepFailure::Unfit(error)))?;
    left.map_err(failed)
}

/// Takes a slot, and sets it up.
fn prepared(
    context: &Context,
    place: &Place,
    slots: &SlotSettings,
    (name, scratch): (&str, &Path),
) -> Result<Slot, CommandError> {
    let disk = &context.disk;
    let head = place.repository.head()?.ok_or_else(|| {
        CommandError::failed("could not hold the review: nothing is committed here yet")
    })?;
    let slot = agents::slots::take(context, place, slots, &head, "a review")?;
    if let Some(setup) = &slots.setup {
        create_dirs(disk, scratch).or_failed(COULD_NOT_HOLD)?;
        let log = scratch.join("setup.log");
        setup
            .prepare(disk, &slot, &log, name, &context.stop, &context.clock)
            .map_err(|error| failed(error.into()))?;
    }
    Ok(slot)
}

const COULD_NOT_HOLD: &str = "could not hold the review; nothing was changed";

fn failed(error: StepFailure) -> CommandError {
    let advice = error.advice();
    CommandError::failed(COULD_NOT_HOLD)
        .with_source(error)
        .hint(advice)
}

/// Keeps what was changed in a copy that was not taken over, and says where.
fn keep(context: &Context, place: &Place, live: &Live, copy: &Contents) -> Option<String> {
    if copy.changes(&live.contents).is_empty() {
        return None;
    }
    let dir = place
        .state()
        .work()
        .join("reviews")
        .join(live.slug.as_str());
    let kept = tree::remove(&context.disk, &dir)
        .ok()
        .and_then(|()| create_dirs(&context.disk, &dir).ok())
        .and_then(|()| copy.write(&context.disk, &dir).ok());
    kept.map(|()| format!("what was changed in the copy is kept in {}", dir.display()))
}

fn answer(
    context: &Context,
    place: &Place,
    live: &Live,
    sheet: &ReviewSheet,
    args: &PlanArgs,
) -> CommandResult {
    let slug = &live.slug;
    let terminal = Terminal::new(&context.stop);
    let words: Vec<&str> = ["view"]
        .into_iter()
        .chain(sheet.choices.iter().map(|choice| choice.as_str()))
        .collect();
    let said = loop {
        let said = terminal.choose(&format!("{}, or leave it? ", words.join(", ")), &words)?;
        if said.as_deref() != Some("view") {
            break said;
        }
        editor::page(context, &review_sheet::everything(live));
    };
    let Some(Ok(choice)) = said.map(|said| said.parse::<Choice>()) else {
        return Ok(Exit::WaitsForPerson);
    };
    let site = place.planning_site()?;
    let text;
    let decision = match choice {
        Choice::Approve => Decision::Approve,
        Choice::Reject => {
            text = terminal.line("why? ")?;
            Decision::Reject(&text)
        }
        Choice::Refine => {
            let below = review_sheet::shown(sheet, live, false);
            text = editor::write(context, "feedback", &below)?;
            Decision::Refine(FeedbackSource::Message, &text)
        }
    };
    let proposal = decision
        .propose(context, place, &site, slug)
        .map_err(|error| person_refusal(error, slug))?;
    // Feedback goes with any state of the plan; a decision is about the one
    // that was shown.
    if choice != Choice::Refine && proposal.base != live.digest {
        return Err(person_refusal(
            PersonRefusal::Changed { slug: slug.clone() },
            slug,
        ));
    }
    let exit = proposed::carry_out(context, place, args, decision.command(), proposal)?;
    if exit == Exit::Done
        && choice != Choice::Reject
        && let Some(next) = decision.next(slug)
    {
        context.out.hint(&next);
    }
    Ok(exit)
}
