//! The beginning of a run: nobody else runs in this clone, and its record is
//! begun.

use std::sync::Arc;
use std::time::Duration;

use piton_durable::{Lock, LockError, LockGuard};
use piton_loop::runs::{Outset, RunRecord};

use super::floor::Floor;
use crate::agents;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError};
use crate::output::{Channel, Level};

/// One run a clone: a second one is refused with the holder's name.
pub(crate) fn alone(context: &Context, place: &Place) -> Result<LockGuard, CommandError> {
    let lock = Lock::at(place.state().run_lock());
    match lock.acquire(&context.holder("a run"), Duration::ZERO) {
        Ok(guard) => Ok(guard),
        Err(error @ LockError::Held { .. }) => Err(CommandError::failed(
            "could not begin: another run is under way in this clone",
        )
        .with_source(error)
        .hint("wait until it has ended, or interrupt it")),
        Err(error) => Err(CommandError::failed("could not begin a run").with_source(error)),
    }
}

/// Begins the record of a command that runs so many jobs at once.
pub(crate) fn begin(
    floor: &Floor<'_>,
    command: &str,
    jobs: usize,
) -> Result<Arc<RunRecord<'static>>, CommandError> {
    let context = floor.context;
    if let Some(command) = &floor.command
        && let Some(word) = command.meant_for_a_shell()
    {
        context.out.warn(&format!(
            "no shell reads the validation command, so {} is given `{word}`; write sh -c '…' around it all",
            command.words().first().map_or("", String::as_str)
        ));
    }
    let (agent, budget) = (floor.agent.name(), floor.planning.budget);
    let (usual, most) = (budget.default_tier(), budget.max());
    let outset = Outset {
        command: command.to_owned(),
        agent: agent.to_owned(),
        model: agents::model(&floor.place.settings, ""),
        default_effort: usual,
        max_allowed_effort: most,
        validation: floor.command.as_ref().map(|it| it.as_str().to_owned()),
        jobs: u32::try_from(jobs).unwrap_or(u32::MAX),
        sealed: (&floor.slots.terms).into(),
    };
    let holder = context.holder("a run");
    let run = context
        .book
        .begun(&floor.planning.site, &holder, &outset)
        .or_failed("could not begin the run's record")?;
    let validated = match &floor.command {
        Some(command) => format!("validated by `{}`", command.as_str()),
        None => "validated by nothing; set `validation-command`".to_owned(),
    };
    let text = format!(
        "run {}: {agent}, effort {usual} to {most}, {validated}",
        run.id()
    );
    context.out.say(Channel::General, Level::NORMAL, &text);
    Ok(run)
}
