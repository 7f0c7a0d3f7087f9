//! Hearing what maintainers said about shared migrations, and answering it.

use piton_backend::store::{PlanComment, PlanId, Provider, comment_mark};
use piton_base::terminal::clean;
use piton_migration::own::PlanLink;
use piton_migration::slug::Slug;

use super::links::{Shared, Unread, shared};
use super::take_up::take_up;
use super::wish::Wish;
use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::planned::PlanArgs;
use crate::stored::target::failed;
use crate::stored::{StoredPlace, Told, Undelivered, deliver, with_reader};

/// What came of all comments, and where nobody could look for any.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    pub(crate) synced: Vec<Synced>,
    pub(crate) unread: Vec<Unread>,
}

/// What came of one comment.
#[derive(Clone, Debug)]
pub(crate) struct Synced {
    pub(crate) slug: Slug,
    pub(crate) comment: String,
    pub(crate) word: &'static str,
    pub(crate) outcome: String,
}

/// Takes up what was said about all shared migrations, or about one.
pub(crate) fn hear(
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

fn sync(
    context: &Context,
    place: &Place,
    slug: &Slug,
    link: &PlanLink,
    args: &PlanArgs,
) -> Result<Vec<Synced>, CommandError> {
    let stored = StoredPlace::find(context)?;
    let (Ok(provider), Ok(plan)) = (link.backend.parse(), link.id.parse::<PlanId>()) else {
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
    if let Err(undelivered) = deliver(context, stored, at, told) {
        let why = match undelivered {
            Undelivered::NoBackend(why) => why,
            Undelivered::Refused { message, .. } => message,
        };
        context
            .out
            .warn(&format!("the comment could not be answered: {why}"));
    }
}
