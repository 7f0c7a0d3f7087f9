//! What a run may use up, checked before it begins.

use piton_agent::Tells;
use piton_base::Clock;
use piton_loop::deciding::limits::{DayLimit, Limits};
use piton_loop::runs::{self, RunId};

use super::floor::Floor;
use crate::error::CommandError;
use crate::records::unreadable;

/// Refuses a limit that nobody could keep: the agent says nothing of what it
/// would be counted by.
pub(crate) fn refuse_blind(floor: &Floor<'_>, limits: &Limits) -> Result<(), CommandError> {
    let Tells { tokens, cost } = floor.agent.tells();
    let refused = |what: &str, flag: &str| {
        let agent = floor.agent.name();
        CommandError::usage(format!(
            "could not apply {flag}: {agent} does not report {what}"
        ))
        .hint("limit the run with --max-duration or --max-refactors, or use another agent")
    };
    if limits.tokens.is_some() && !tokens {
        return Err(refused("how many tokens it uses", "--max-tokens"));
    }
    if limits.dollars.is_some() && !cost {
        return Err(refused("what it costs", "--max-cost"));
    }
    if floor.place.settings.run_max_cost_per_day().is_some() && !cost {
        return Err(refused("what it costs", &format!("`{PER_DAY}`")));
    }
    Ok(())
}

const PER_DAY: &str = "run.max-cost-per-day";

/// Returns the limit of this day, with what other runs spent of it: the records
/// are summed. Where one cannot be read, nobody knows what may still be spent.
pub(crate) fn day(
    floor: &Floor<'_>,
    this: Option<&RunId>,
) -> Result<Option<DayLimit>, CommandError> {
    let Some(dollars) = floor.place.settings.run_max_cost_per_day() else {
        return Ok(None);
    };
    let day = floor.context.clock.local().date();
    let past = runs::summaries(&floor.context.disk, &floor.planning.site.runs());
    let spent_before = (past.map_err(unreadable)?.into_iter())
        .filter(|summary| Some(&summary.run_id) != this)
        .map(|summary| summary.cost_on(day))
        .sum();
    Ok(Some(DayLimit {
        dollars,
        day,
        spent_before,
    }))
}
