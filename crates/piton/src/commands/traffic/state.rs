//! The state that upgrading and filling in work on, and who else writes it.

use std::time::Duration;

use piton_github::endpoints::runs;
use piton_github::{Client, Patience as _, RepoName, Waiting, found};
use piton_plan::{FailureKind, Outcome, Receipt};
use piton_traffic::collect::{Mending, state_fault};
use piton_traffic::ordered::Object;
use piton_traffic::provision::StateGists;
use piton_traffic::survey::{FileSeen, GistSeen, Survey};
use piton_traffic::templates::WORKFLOW_FILE;

use super::error;
use super::look::Looked;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, ErrorKind, Exit};
use crate::output::{Channel, Level};

/// Decides once more where somebody wrote between reading and writing.
pub(super) fn again_once(
    mut once: impl FnMut() -> Result<(Exit, Vec<Receipt>), CommandError>,
) -> CommandResult {
    let (exit, receipts) = once()?;
    let overtaken = receipts.iter().any(|receipt| {
        receipt.action.as_str() == "gist:update:state"
            && matches!(&receipt.outcome, Outcome::Failed(failure) if failure.kind == FailureKind::Conflict)
    });
    if overtaken {
        return once().map(|(exit, _)| exit);
    }
    Ok(exit)
}

pub(super) fn gists_of<'a>(
    context: &'a Context,
    looked: &'a Looked,
    gist: &'a GistSeen,
    copies: &'a std::path::Path,
) -> StateGists<'a> {
    StateGists {
        badge: &gist.id,
        archive: looked.seen.archive.found().map(|gist| gist.id.as_str()),
        revision: gist.revision.as_deref(),
        disk: &context.disk,
        copies,
    }
}

/// Returns the gist and its state; without a whole one nothing is decided.
pub(super) fn state_of(seen: &Survey) -> Result<(&GistSeen, &Object), CommandError> {
    let restore = "`piton traffic backfill --source gist-history` restores it";
    let Some(gist) = seen.badge.found() else {
        return Err(
            CommandError::failed("could not find the gist of the badges")
                .hint("`piton traffic verify` shows what is wrong"),
        );
    };
    let could_not = CommandError::failed(format!("could not read the state in gist {}", gist.id));
    match gist.files.get("state.json") {
        None => Err(could_not.hint(restore)),
        Some(FileSeen::Damaged(why) | FileSeen::Cut(why)) => {
            Err(could_not.with_source(why.clone()).hint(restore))
        }
        Some(FileSeen::Json(json)) => match json.object() {
            Some(state) => match state_fault(state) {
                None => Ok((gist, state)),
                Some(fault) => Err(could_not.with_source(fault).hint(restore)),
            },
            None => Err(could_not.with_source("it is not an object").hint(restore)),
        },
    }
}

pub(super) fn mending(looked: &Looked, state: Object) -> Mending {
    let archive = looked.seen.archive.found().map(GistSeen::all_json);
    Mending::new(
        state,
        archive,
        looked.seen.repository.to_string(),
        looked.seen.now,
    )
}

/// Waits until no run of the collector is going on; it writes the state too.
pub(super) fn wait_for_collector(
    context: &Context,
    forge: &Client,
    repository: &RepoName,
) -> Result<(), CommandError> {
    let patience = Waiting::new(context.stop.clone());
    let mut pause = Duration::from_secs(1);
    let mut waited = Duration::ZERO;
    loop {
        let running = found(runs::in_progress(forge, repository, WORKFLOW_FILE))
            .map_err(|error| error::forge("read the runs of the collector", error))?;
        if running.is_none_or(|running| running.is_empty()) {
            return Ok(());
        }
        if waited >= Duration::from_secs(300) {
            return Err(
                CommandError::failed("a run of the collector is still going on")
                    .hint("try again when it has ended"),
            );
        }
        if waited.is_zero() {
            let text = "the collector is running; waiting for its end";
            context.out.note(Channel::Traffic, Level::INFO, text);
        }
        if patience.wait(pause) {
            return Err(CommandError::new(
                ErrorKind::Interrupted,
                "stopped while waiting for the collector",
            ));
        }
        waited += pause;
        pause = (pause * 2).min(Duration::from_secs(15));
    }
}
