//! `piton plan sync`: takes up what maintainers said about shared migrations.

use clap::Args;
use piton_backend::store::{PlanComment, PlanId, Provider, comment_mark};
use piton_base::terminal::clean;
use piton_loop::planning::decide::StepRefusal;
use piton_loop::planning::person::PersonRefusal;
use piton_loop::planning::site::Site;
use piton_loop::planning::snapshot::{Live, SnapshotError};
use piton_migration::manifest::Status;
use piton_migration::own::{PlanLink, load_own};
use piton_migration::slug::Slug;
use serde_json::json;

use super::target::failed;
use super::wish::Wish;
use crate::commands::migration::decision::person_refusal;
use crate::commands::migration::proposed;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::exit::Exit;
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::planning::planning_site;
use crate::stored::{StoredPlace, Told, Undelivered, deliver, with_reader};

/// Carry out what maintainers wrote about shared migrations
///
/// A comment on the plan that begins with `/piton approve`, `/piton refine
/// TEXT` or `/piton reject WHY` does what the command of that name does. It
/// counts once, and only from people who belong to the repository. `piton run`
/// does this too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan sync
  piton plan sync --dry-run")]
pub(crate) struct SyncArgs {
    /// Only this migration: its slug
    slug: Option<Slug>,

    #[command(flatten)]
    plan: PlanArgs,
}

/// What came of one comment.
#[derive(Clone, Debug)]
pub(crate) struct Synced {
    pub(crate) slug: Slug,
    pub(crate) comment: String,
    pub(crate) word: &'static str,
    pub(crate) outcome: String,
}

pub(super) fn run(context: &Context, args: &SyncArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    if context.out.json_wanted() {
        context.out.begin_series();
    }
    let Heard { synced, unread } = sync_shared(context, &place, args.slug.as_ref(), &args.plan)?;
    let exit = tell_unread(context, &unread);
    let out = &context.out;
    if out.json_wanted() {
        let plans = out.end_series();
        let taken: Vec<_> = synced
            .iter()
            .map(|one| {
                json!({
                    "migration": one.slug.as_str(),
                    "comment": one.comment,
                    "asks": one.word,
                    "outcome": one.outcome,
                })
            })
            .collect();
        out.json(json!({ "taken_up": taken, "plans": plans }));
        return Ok(exit);
    }
    for one in &synced {
        let text = format!("{} of {}: {}", one.word, one.slug, one.outcome);
        out.say(Channel::General, Level::NORMAL, &clean(&text));
    }
    if synced.is_empty() && unread.is_empty() {
        out.say(Channel::General, Level::NORMAL, "no new comments");
    }
    Ok(exit)
}

/// Says which migrations nobody knows of whether they are shared. What was said
/// about those was not looked at, so the command has not done all it was for.
fn tell_unread(context: &Context, unread: &[Unread]) -> Exit {
    for one in unread {
        let text = format!("comments about {} were not read: {}", one.slug, one.why);
        context.out.warn(&clean(&text));
        context
            .out
            .hint(&format!("`piton migration doctor {}` says more", one.slug));
    }
    if unread.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    }
}

/// What came of all comments, and where nobody could look for any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    pub(crate) synced: Vec<Synced>,
    pub(crate) unread: Vec<Unread>,
}

/// A migration whose notes cannot be read, which say whether it is shared.
#[derive(Clone, Debug)]
pub(crate) struct Unread {
    pub(crate) slug: Slug,
    pub(crate) why: String,
}

/// Takes up what was said about all shared migrations, or about one.
pub(crate) fn sync_shared(
    context: &Context,
    place: &Place,
    only: Option<&Slug>,
    args: &PlanArgs,
) -> Result<Heard, CommandError> {
    let is_meant = |slug: &Slug| only.is_none_or(|only| only == slug);
    let Shared { links, mut unread } = shared(context, place)?;
    unread.retain(|one| is_meant(&one.slug));
    let mut synced = Vec::new();
    for (slug, link) in links.into_iter().filter(|(slug, _)| is_meant(slug)) {
        synced.extend(sync(context, place, &slug, &link, args)?);
    }
    Ok(Heard { synced, unread })
}

/// The migrations that are told of in a plan, and those that may be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared {
    pub(crate) links: Vec<(Slug, PlanLink)>,
    pub(crate) unread: Vec<Unread>,
}

/// Returns the migrations that are told of in a plan.
pub(crate) fn shared(context: &Context, place: &Place) -> Result<Shared, CommandError> {
    let live = place.live();
    let slugs = live
        .contents(&context.disk)
        .or_failed("could not list the migrations")?
        .slugs;
    let mut shared = Shared::default();
    for slug in slugs {
        match load_own(&context.disk, &live.migration(&slug)) {
            Ok(own) => {
                let plan = own.and_then(|own| own.plan);
                shared.links.extend(plan.map(|plan| (slug, plan)));
            }
            Err(error) => shared.unread.push(Unread {
                slug,
                why: piton_base::on_one_line(&error),
            }),
        }
    }
    Ok(shared)
}

fn sync(
    context: &Context,
    place: &Place,
    slug: &Slug,
    link: &PlanLink,
    args: &PlanArgs,
) -> Result<Vec<Synced>, CommandError> {
    let stored = StoredPlace::find(context)?;
    let (Some(provider), Ok(plan)) = (Provider::of_word(&link.backend), link.id.parse::<PlanId>())
    else {
        return Err(CommandError::failed(format!(
            "{slug} names a plan of an unknown kind: {} ({})",
            clean(&link.id),
            clean(&link.backend)
        )));
    };
    let comments = with_reader(context, &stored, provider, |backend| {
        backend.comments(&plan)
    })?
    .map_err(failed)?
    .unwrap_or_default();
    let mut synced = Vec::new();
    for (comment, wish) in unheard(context, &stored, &comments) {
        let is_said_first = !heard(&comments).any(|before| before == wish);
        let outcome = take_up(context, place, slug, (&wish, is_said_first), args)?;
        let Some(outcome) = outcome else {
            // Somebody changed the migration meanwhile; the next one sees to it.
            break;
        };
        if !args.changes_nothing() {
            answer(context, &stored, (&plan, provider), comment, &outcome);
        }
        synced.push(Synced {
            slug: slug.clone(),
            comment: comment.id.clone(),
            word: wish.word(),
            outcome,
        });
    }
    Ok(synced)
}

/// Returns what was asked and is answered.
fn heard(comments: &[PlanComment]) -> impl Iterator<Item = Wish> {
    comments
        .iter()
        .filter(|comment| comment.trusted && is_answered(comment, comments))
        .filter_map(|comment| Wish::read(&comment.body))
}

fn is_answered(comment: &PlanComment, comments: &[PlanComment]) -> bool {
    let mark = comment_mark(&key(comment));
    comments
        .iter()
        .any(|answer| answer.trusted && answer.body.contains(&mark))
}

/// What marks the answer to a comment.
fn key(comment: &PlanComment) -> String {
    format!("heard-{}", comment.id)
}

/// Returns what was asked and is not answered yet. What strangers say is not
/// asked.
fn unheard<'c>(
    context: &Context,
    stored: &StoredPlace,
    comments: &'c [PlanComment],
) -> Vec<(&'c PlanComment, Wish)> {
    comments
        .iter()
        .filter(|comment| comment.trusted)
        .filter_map(|comment| Some((comment, Wish::read(&comment.body)?)))
        .filter(|(comment, _)| {
            !is_answered(comment, comments) && !stored.waits(context, &key(comment))
        })
        .collect()
}

/// Does what was asked, by the same plan as the command. None where it has to be
/// tried again. What was asked for the first time and is so already was done by
/// one that was killed, and could not answer any more.
fn take_up(
    context: &Context,
    place: &Place,
    slug: &Slug,
    (wish, is_said_first): (&Wish, bool),
    args: &PlanArgs,
) -> Result<Option<String>, CommandError> {
    let site = planning_site(place)?;
    if is_said_first && is_recorded(context, &site, slug, wish)? {
        return Ok(Some(wish.done().to_owned()));
    }
    let proposal = match wish.decision().propose(context, place, &site, slug) {
        Ok(proposal) => proposal,
        Err(error) if is_said_first && is_so(&error, wish) => {
            return Ok(Some(wish.done().to_owned()));
        }
        // What is answered is never looked at again.
        Err(error) if may_pass(&error) => return Err(person_refusal(error, slug)),
        Err(error) => {
            let error = person_refusal(error, slug);
            return Ok(Some(format!("not done: {}", error.on_one_line())));
        }
    };
    let plan = proposed::plan(context, place, wish.decision().command(), proposal)?;
    let exit = context.site(place).carry_out(args, &plan)?;
    Ok((exit == Exit::Done).then(|| wish.done().to_owned()))
}

/// Whether the disk or git said no, which says nothing about the wish.
fn may_pass(refusal: &PersonRefusal) -> bool {
    use PersonRefusal as P;
    use StepRefusal as R;
    match refusal {
        P::Snapshot(error) | P::Site(R::Snapshot(error)) => is_of_disk(error),
        P::Site(R::Git(_)) => true,
        P::Site(
            R::NotPlanning { .. }
            | R::AwaitsPerson { .. }
            | R::Ended { .. }
            | R::Inconsistent { .. }
            | R::Dirty { .. }
            | R::Taken { .. }
            | R::NoCommit
            | R::Prompt(_),
        )
        | P::NotAwaiting { .. }
        | P::OpenFindings { .. }
        | P::Over { .. }
        | P::Blank { .. }
        | P::Transition { .. }
        | P::State { .. }
        | P::ReviewedManifest { .. }
        | P::NoReviewedManifest { .. }
        | P::StillAwaiting { .. }
        | P::Awake { .. }
        | P::AsksPerson { .. }
        | P::NotRejected { .. }
        | P::NothingBefore { .. }
        | P::PhaseLanded { .. }
        | P::Changed { .. } => false,
    }
}

/// Whether the migration could not be read, rather than not be used.
fn is_of_disk(error: &SnapshotError) -> bool {
    match error {
        SnapshotError::Path(_) | SnapshotError::Contents(_) => true,
        SnapshotError::NotThere { .. }
        | SnapshotError::NoManifest { .. }
        | SnapshotError::Manifest { .. }
        | SnapshotError::NoState { .. }
        | SnapshotError::State { .. }
        | SnapshotError::Reference { .. }
        | SnapshotError::Own { .. } => false,
    }
}

/// Whether the migration stands where the wish leads.
fn is_so(refusal: &PersonRefusal, wish: &Wish) -> bool {
    let stands = match refusal {
        PersonRefusal::NotAwaiting { status, .. } | PersonRefusal::Over { status, .. } => status,
        PersonRefusal::Snapshot(_)
        | PersonRefusal::Site(_)
        | PersonRefusal::OpenFindings { .. }
        | PersonRefusal::Blank { .. }
        | PersonRefusal::Transition { .. }
        | PersonRefusal::State { .. }
        | PersonRefusal::ReviewedManifest { .. }
        | PersonRefusal::NoReviewedManifest { .. }
        | PersonRefusal::StillAwaiting { .. }
        | PersonRefusal::Awake { .. }
        | PersonRefusal::AsksPerson { .. }
        | PersonRefusal::NotRejected { .. }
        | PersonRefusal::NothingBefore { .. }
        | PersonRefusal::PhaseLanded { .. }
        | PersonRefusal::Changed { .. } => return false,
    };
    match (wish, stands) {
        (Wish::Approve, Status::Ready | Status::InProgress | Status::Done)
        | (Wish::Reject(_), Status::Skipped) => true,
        (Wish::Approve, Status::Planning | Status::Skipped)
        | (Wish::Reject(_), Status::Planning | Status::Ready | Status::InProgress | Status::Done)
        | (Wish::Refine(_), _) => false,
    }
}

/// Whether the planning record has the very words.
fn is_recorded(
    context: &Context,
    site: &Site,
    slug: &Slug,
    wish: &Wish,
) -> Result<bool, CommandError> {
    let Wish::Refine(text) = wish else {
        return Ok(false);
    };
    let live = match Live::read(&context.disk, site, slug) {
        Ok(live) => live,
        Err(error) if is_of_disk(&error) => {
            return Err(person_refusal(PersonRefusal::Snapshot(error), slug));
        }
        // What is wrong with it the decision says.
        Err(_) => return Ok(false),
    };
    Ok(live.state().is_some_and(|state| {
        let mut said = state.feedback().iter();
        said.any(|one| one.text.trim() == text.trim())
    }))
}

/// Answers a comment, by which it counts as heard.
fn answer(
    context: &Context,
    stored: &StoredPlace,
    at: (&PlanId, Provider),
    comment: &PlanComment,
    outcome: &str,
) {
    let who = comment.author.as_deref().unwrap_or("a maintainer");
    let told = Told {
        key: key(comment),
        comment: Some(format!("piton has read {}: {}", clean(who), clean(outcome))),
        ..Told::default()
    };
    if let Err(undelivered) = deliver(context, stored, at, &told) {
        let why = match undelivered {
            Undelivered::NoBackend(error) => error.on_one_line(),
            Undelivered::Refused { message, .. } => message,
        };
        context
            .out
            .warn(&format!("the comment could not be answered: {why}"));
    }
}
