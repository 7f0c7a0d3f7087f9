//! Journals, for a terminal.

use std::fmt::Write;

use crate::journal::{Journal, Status};
use crate::render::style::{Colour, Style};
use crate::render::{deviations, receipts};
use piton_base::terminal::clean;

/// Returns what a journal tells: where the run stands, its receipts, what was
/// under way when it was cut off, and what looking again showed.
pub fn journal(journal: &Journal, level: i8, style: Style) -> String {
    let (colour, word) = status(&journal.status());
    let mut out = String::new();
    let _ = writeln!(out, "journal  {}", journal.id());
    let _ = writeln!(out, "command  {}", clean(journal.command()));
    let _ = writeln!(
        out,
        "begun    {} by {}",
        journal.at(),
        clean(journal.tool())
    );
    let _ = writeln!(out, "status   {}", style.paint(colour, word));
    if journal.is_torn() {
        out.push_str("note     the last line was cut off by a crash, and is passed over\n");
    }
    out.push('\n');
    out.push_str(&receipts(&journal.receipts(), level, style));
    for action in journal.under_way() {
        let _ = writeln!(out, "under way {}", clean(action.as_str()));
    }
    if let Some(verification) = journal.verification() {
        out.push('\n');
        out.push_str(&deviations(verification, level, style));
    }
    if journal.status().is_open() {
        let _ = writeln!(
            out,
            "\ncontinue with `piton journal resume {}`",
            journal.id()
        );
    }
    out
}

fn status(status: &Status) -> (Colour, &'static str) {
    match status {
        Status::Stopped => (Colour::Yellow, "stopped"),
        Status::Incomplete { .. } => (Colour::Red, "incomplete"),
        Status::Failed => (Colour::Red, "failed"),
        Status::Finished => (Colour::Green, "finished"),
    }
}
