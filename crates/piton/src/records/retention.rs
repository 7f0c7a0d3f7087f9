//! Which records, journals and slots are kept no longer.

use std::collections::BTreeSet;

use jiff::Timestamp;
use piton_base::Clock;
use piton_git::slot::held;
use piton_loop::runs::{self, Removal, RetentionPolicy, RunId, RunState, RunUnit};
use piton_plan::PlanId;
use piton_plan::journal::{self, Stored};

use super::unreadable;
use crate::config::Settings;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};
use crate::planned::{PRUNING, journal_error};

/// Decides which records go. The run of work that has not landed is not over,
/// and what was spent today is counted by its records.
pub(crate) fn records(
    context: &Context,
    place: &Place,
    policy: RetentionPolicy,
) -> Result<Vec<Removal>, CommandError> {
    let mut units =
        runs::units(&context.disk, &context.clock, &place.state().runs()).map_err(unreadable)?;
    let unlanded = held::unlanded(&place.repository)?;
    let waits = |unit: &RunUnit| {
        let mut works = unlanded.iter().filter_map(|(name, _)| name.work());
        works.any(|work| work.starts_with(unit.id.as_str()))
    };
    let counted = counted_today(context, place)?;
    for unit in &mut units {
        if waits(unit) || counted.contains(&unit.id) {
            unit.state = RunState::Live;
        }
    }
    Ok(runs::removals(policy, &units))
}

/// Returns the records that what this day may cost is counted by, where the
/// settings bound it: without them nobody would know what was spent.
fn counted_today(context: &Context, place: &Place) -> Result<BTreeSet<RunId>, CommandError> {
    if place.settings.run_max_cost_per_day().is_none() {
        return Ok(BTreeSet::new());
    }
    let today = context.clock.local().date();
    let past = runs::summaries(&context.disk, &place.state().runs()).map_err(unreadable)?;
    Ok(past
        .into_iter()
        .filter(|summary| summary.cost_on(today) > 0.0)
        .map(|summary| summary.run_id)
        .collect())
}

/// When the slots of a number were used last, which orders them.
type Used = (Option<Timestamp>, u32);

/// Decides which slots go, with the tool caches that belong to them: the ones
/// that were used the longest ago.
pub(crate) fn slots(
    context: &Context,
    place: &Place,
    policy: RetentionPolicy,
) -> Result<Vec<Removal<Used>>, CommandError> {
    let now = context.clock.now();
    let home = crate::agents::slots::home(context, place)?;
    let stored = home
        .stored(&context.disk)
        .or_failed(format!("could not look at {}", home.dir().display()))?;
    let units: Vec<_> = stored
        .into_iter()
        .map(|slots| {
            let used = slots.last_used.and_then(|at| Timestamp::try_from(at).ok());
            RunUnit {
                // The lower numbers are used first.
                id: (used, slots.number),
                state: state(slots.in_use),
                bytes: slots.bytes,
                age_days: days_since(used, now),
            }
        })
        .collect();
    let mut removals = runs::removals(policy, &units);
    removals.sort_by_key(|removal| removal.id.1);
    Ok(removals)
}

/// Decides which journals go. What can still be gone on with goes by age
/// alone, and so do the journals of this very command: it would never be done.
pub(crate) fn journals(
    context: &Context,
    place: &Place,
    policy: RetentionPolicy,
) -> Result<Vec<Removal<PlanId>>, CommandError> {
    let now = context.clock.now();
    let stored =
        journal::stored(&context.disk, &place.state().journals()).map_err(journal_error)?;
    let unit = |one: &Stored| RunUnit {
        id: one.id,
        state: state(one.held),
        bytes: one.bytes,
        age_days: days_since(one.begun, now),
    };
    let by_age = |one: &&Stored| one.open || one.command.as_deref() == Some(PRUNING);
    let (by_age, counted): (Vec<&Stored>, Vec<&Stored>) = stored.iter().partition(by_age);
    let units = |some: Vec<&Stored>| some.into_iter().map(unit).collect::<Vec<_>>();
    let age_alone = RetentionPolicy {
        runs: None,
        bytes: None,
        ..policy
    };
    let mut removals = runs::removals(policy, &units(counted));
    removals.extend(runs::removals(age_alone, &units(by_age)));
    removals.sort_by_key(|removal| removal.id);
    Ok(removals)
}

fn state(in_use: bool) -> RunState {
    if in_use {
        RunState::Live
    } else {
        RunState::Over
    }
}

fn days_since(then: Option<Timestamp>, now: Timestamp) -> u64 {
    let hours = then.map_or(0, |then| now.duration_since(then).as_hours());
    u64::try_from(hours / 24).unwrap_or(0)
}

pub(crate) fn policy(settings: &Settings) -> RetentionPolicy {
    const DAY: u64 = 24 * 60 * 60;
    RetentionPolicy {
        runs: Some(settings.runs_keep()),
        days: Some(settings.runs_keep_for().as_secs().div_ceil(DAY)),
        ..RetentionPolicy::default()
    }
}
