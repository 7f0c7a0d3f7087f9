//! A planning step that a run paid for and could not land: it lands without a
//! new call.

use piton_base::on_one_line;
use piton_git::landing::{current, differs};
use piton_loop::deciding::limits::Limits;
use piton_loop::failures::FailureKind as Kept;
use piton_loop::operation::LandHeld;
use piton_loop::runs::FinalStatus;
use piton_loop::work::accepted::{self, Held};
use piton_loop::work::land::{Brought, bring, let_go};
use piton_loop::work::{Accepted, Allowance};
use piton_migration::slug::Slug;
use piton_plan::{Done, Failure, FailureKind};

use super::args::WorkArgs;
use super::floor::Floor;
use super::opening::{alone, begin};
use crate::context::{Context, Place};
use crate::error::CommandError;

/// Returns the step of a migration that waits to land on the branch which is
/// checked out, where nobody took the migration further since.
pub(crate) fn find(
    context: &Context,
    place: &Place,
    slug: &Slug,
) -> Result<Option<LandHeld>, CommandError> {
    let held = accepted::all(&context.disk, &place.repository, place.state().path())?;
    let of_it = held.into_iter().filter_map(|held| match held {
        Held::Work(work) if work.slug.as_deref() == Some(slug.as_str()) => Some(*work),
        Held::Work(_) | Held::Lost { .. } => None,
    });
    let waiting: Vec<Accepted> = of_it.collect();
    if waiting.is_empty() {
        return Ok(None);
    }
    let Some((onto, tip)) = current(&place.repository)? else {
        return Ok(None);
    };
    let dir = format!("{}/{slug}", place.settings.migrations_dir());
    for work in waiting {
        if work.onto == onto && !differs(&place.repository, &work.base, &tip, &dir)? {
            return Ok(Some(LandHeld {
                held: work.name,
                commit: work.commit,
                subject: work.subject,
                onto: onto.name().to_owned(),
                base: work.base,
            }));
        }
    }
    Ok(None)
}

/// Lands it, as a run does.
pub(crate) fn land(context: &Context, place: &Place, name: &str) -> Result<Done, Failure> {
    let told = |error: CommandError| Failure::new(FailureKind::Conflict, error.text().trim());
    let _alone = alone(context, place).map_err(told)?;
    let held = accepted::all(&context.disk, &place.repository, place.state().path())
        .map_err(Failure::io)?;
    let held = held.into_iter().find_map(|held| match held {
        Held::Work(work) if work.name == name => Some(work),
        Held::Work(_) | Held::Lost { .. } => None,
    });
    let Some(work) = held else {
        return Err(Failure::new(
            FailureKind::Conflict,
            "it is not held any more",
        ));
    };
    let floor = Floor::set(context, place, &WorkArgs::default(), 1).map_err(told)?;
    let allowance = Allowance::new(Limits::default(), &context.clock);
    let shop = floor.shop(&allowance);
    let run = begin(&floor, "migration step", 1).map_err(told)?;
    let gone = |why: String, kind| {
        let_go(&shop, &run, &work, 1, kind, &why);
        Err(Failure::new(FailureKind::Conflict, why))
    };
    let (status, came) = match bring(&shop, &run, &work) {
        Ok(Brought::Landed { commit, .. }) => {
            let told = format!("landed {}", commit.short());
            (FinalStatus::Completed, Ok(Done::saying(told)))
        }
        Ok(Brought::Waits { reason, hint }) => {
            let why = format!("it waits to land: {reason}");
            let failure = Failure::new(FailureKind::Conflict, why);
            let failure = match hint {
                Some(hint) => failure.hint(hint),
                None => failure,
            };
            (FinalStatus::WaitsToLand, Err(failure))
        }
        Ok(Brought::Conflict) => {
            let why = "the same places were changed since it was made; it was given up".to_owned();
            (FinalStatus::Failed, gone(why, Kept::LandingConflict))
        }
        Ok(Brought::Red { story }) => {
            let why = format!("red on top of what was committed since, and given up: {story}");
            (FinalStatus::Failed, gone(why, Kept::ValidationFailed))
        }
        Err(error) => {
            let why = format!("it waits to land: {}", on_one_line(&error));
            let failure = Failure::new(FailureKind::Io, why);
            (FinalStatus::WaitsToLand, Err(failure))
        }
    };
    let story = came.as_ref().err().map(|failure| failure.message.clone());
    // What came of it is the news; a record that cannot be closed is poorer.
    let _ = context.book.close_as(status, story.clone(), story);
    came
}
