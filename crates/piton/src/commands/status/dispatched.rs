//! The runs that were dispatched from here, and how they stand.

use jiff::{SignedDuration, Timestamp};
use piton_github::endpoints::runs as actions;
use serde_json::{Value, json};

use crate::context::Context;
use crate::stored::{DispatchedHere, StoredPlace};

/// A run that was dispatched from here, and how it stands.
pub(super) struct Dispatched {
    pub(super) here: DispatchedHere,
    pub(super) state: String,
}

impl Dispatched {
    pub(super) fn json(&self) -> Value {
        json!({
            "plan": self.here.plan,
            "run": self.here.run,
            "state": self.state,
            "at": self.here.at,
        })
    }
}

/// How many runs are asked for.
const ASKED: usize = 5;

/// Asks how the newest runs stand that were dispatched from here; those that
/// ended more than a day ago are no news. Where nothing was dispatched, nobody
/// is asked.
pub(super) fn dispatched(context: &Context, now: Timestamp) -> Vec<Dispatched> {
    let Ok(stored) = StoredPlace::find(context) else {
        return Vec::new();
    };
    let mut newest = DispatchedHere::all(context, &stored);
    newest.retain(|one| now.duration_since(one.at) < SignedDuration::from_hours(7 * 24));
    newest.truncate(ASKED);
    if newest.is_empty() {
        return Vec::new();
    }
    let client = crate::context::forge::client(context, &stored.settings).ok();
    newest
        .into_iter()
        .filter_map(|here| {
            let run = client
                .as_ref()
                .and_then(|client| actions::get(client, &here.repository, here.run).ok());
            let over = run.as_ref().is_some_and(|run| run.conclusion.is_some())
                && now.duration_since(here.at) > SignedDuration::from_hours(24);
            let state = run
                .and_then(|run| run.conclusion.or(run.status))
                .unwrap_or_else(|| "unknown".to_owned());
            (!over).then_some(Dispatched { here, state })
        })
        .collect()
}
