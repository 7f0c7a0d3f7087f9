//! What came of a run, for a terminal.

use std::collections::HashMap;
use std::fmt::Write;

use crate::id::ActionId;
use crate::receipt::{Outcome, Receipt, SkipReason};
use crate::render::style::{Colour, Style};
use piton_base::terminal::clean;

/// Returns one line a receipt and the counts. Failures are told from level
/// −3 upwards, what was done from −1, the counts from 0, and times from 1.
pub fn receipts(receipts: &[Receipt], level: i8, style: Style) -> String {
    let mut out = String::new();
    let by_action: HashMap<&ActionId, &Receipt> = receipts.iter().map(|r| (&r.action, r)).collect();
    for receipt in receipts {
        let from = match &receipt.outcome {
            Outcome::Failed(_) => -3,
            Outcome::Skipped(SkipReason::NothingToDo) => 1,
            Outcome::Skipped(_) | Outcome::Ok | Outcome::AlreadySo => -1,
        };
        if level >= from {
            line(&mut out, receipt, &by_action, level, style);
        }
    }
    if level >= 0 {
        let _ = writeln!(out, "{}", counts(receipts));
    }
    out
}

fn line(
    out: &mut String,
    receipt: &Receipt,
    by_action: &HashMap<&ActionId, &Receipt>,
    level: i8,
    style: Style,
) {
    let word = format!("{:>10}", receipt.outcome.word());
    let word = style.paint(Colour::of_outcome(&receipt.outcome), &word);
    let _ = write!(out, "{word}  {}", clean(receipt.action.as_str()));
    match &receipt.outcome {
        Outcome::Ok | Outcome::AlreadySo => {
            if !receipt.message.is_empty() {
                let _ = write!(out, " — {}", clean(&receipt.message));
            }
        }
        Outcome::Failed(failure) => {
            let _ = write!(out, " — {}", clean(&failure.message));
            if let Some(hint) = &failure.hint {
                let _ = write!(out, "\n{:>10}  {}", "hint:", clean(hint));
            }
            if let Some(record) = &failure.record {
                let _ = write!(out, "\n{:>10}  {}", "record:", clean(record));
            }
        }
        Outcome::Skipped(reason) => {
            let _ = write!(out, " — {}", clean(&reason.to_string()));
            if let Some(root) = root_of(receipt, by_action) {
                let _ = write!(
                    out,
                    "; it began with {}, {}",
                    clean(root.action.as_str()),
                    root.outcome.word()
                );
            }
        }
    }
    if level >= 1 && receipt.duration_ms > 0 {
        let _ = write!(out, " ({} ms)", receipt.duration_ms);
    }
    out.push('\n');
}

/// Follows the first cause through several levels, if there are several.
fn root_of<'r>(
    receipt: &Receipt,
    by_action: &HashMap<&ActionId, &'r Receipt>,
) -> Option<&'r Receipt> {
    let cause = |receipt: &Receipt| match &receipt.outcome {
        Outcome::Skipped(SkipReason::Dependency { because }) => {
            because.first().and_then(|id| by_action.get(id).copied())
        }
        Outcome::Ok | Outcome::AlreadySo | Outcome::Failed(_) | Outcome::Skipped(_) => None,
    };
    let mut root = cause(cause(receipt)?)?;
    // Receipts come from files as well, and there might run in a circle.
    for _ in 0..by_action.len() {
        match cause(root) {
            Some(next) => root = next,
            None => break,
        }
    }
    Some(root)
}

fn counts(receipts: &[Receipt]) -> String {
    let mut counts: Vec<(&str, usize)> = ["ok", "already so", "failed", "skipped"]
        .into_iter()
        .map(|word| {
            let times = receipts.iter().filter(|r| r.outcome.word() == word);
            (word, times.count())
        })
        .collect();
    counts.retain(|(_, times)| *times > 0);
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(word, times)| format!("{times} {word}"))
        .collect();
    if counts.is_empty() {
        "nothing was to be done".to_owned()
    } else {
        counts.join(", ")
    }
}
