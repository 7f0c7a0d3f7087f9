//! Reports to stored plans that wait to be sent, or were refused.

use crate::context::Context;
use crate::stored::{Outbox, StoredPlace};

/// Returns what is to be said of them, and what to do.
pub(super) fn lines(context: &Context) -> Vec<(String, String)> {
    let Ok(place) = StoredPlace::find(context) else {
        return Vec::new();
    };
    let outbox = Outbox::of(context, &place);
    let mut lines = Vec::new();
    for (plan, count) in outbox.counts() {
        let (reports, wait) = if count == 1 {
            ("report", "waits")
        } else {
            ("reports", "wait")
        };
        let to = plan.map_or_else(String::new, |plan| format!(" to plan {plan}"));
        lines.push((
            format!("{count} {reports}{to} {wait}"),
            "the next report sends it, or says what is in the way".to_owned(),
        ));
    }
    let refused = outbox.refused().len();
    if refused > 0 {
        let are = if refused == 1 {
            "1 report that was refused is"
        } else {
            &format!("{refused} reports that were refused are")
        };
        lines.push((
            format!("{are} kept in {}", place.outbox().display()),
            "rename one to end in .json to try it again, or remove it".to_owned(),
        ));
    }
    lines
}
