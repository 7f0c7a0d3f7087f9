//! What was accepted, and waits to land.

use piton_loop::work::Accepted;
use serde_json::{Value, json};

/// Returns each with where it is to land; the last one says what lands all.
pub(super) fn lines(unlanded: &[Accepted]) -> Vec<(String, String)> {
    let line = |work: &Accepted| {
        let line = format!("{}, on {}", work.subject, work.onto.name());
        (line, String::new())
    };
    let mut lines: Vec<_> = unlanded.iter().map(line).collect();
    if let Some((_, next)) = lines.last_mut() {
        "commit or put aside what is in the way; the next `piton run` lands it".clone_into(next);
    }
    lines
}

pub(super) fn json(work: &Accepted) -> Value {
    json!({
        "work": work.name,
        "subject": work.subject,
        "migration": work.slug,
        "branch": work.onto.name(),
        "commit": work.commit.as_str(),
    })
}
