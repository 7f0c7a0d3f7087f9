//! The runs that were dispatched from here, and how they stand.

use jiff::{SignedDuration, Timestamp};
use piton_github::endpoints::runs::{self as actions, Standing};
use serde_json::{Value, json};

use crate::context::Context;
use crate::stored::{DispatchedHere, StoredPlace};

/// A run that was dispatched from here, and how it stands.
pub(super) struct Dispatched {
    pub(super) here: DispatchedHere,
    pub(super) state: Standing,
}

impl Dispatched {
    pub(super) fn json(&self) -> Value {
        json!({
            "plan": self.here.plan,
            "run": self.here.run,
            "state": self.state.to_string(),
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
            let state = run.map_or(Standing::Unknown, |run| run.standing());
            let over = matches!(state, Standing::Ended(_))
                && now.duration_since(here.at) > SignedDuration::from_hours(24);
            (!over).then_some(Dispatched { here, state })
        })
        .collect()
}
