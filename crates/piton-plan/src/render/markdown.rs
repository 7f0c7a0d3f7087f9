//! A plan for a pull request's comment, or for the summary of a CI job.

use std::fmt::Write;

use crate::operation::Operation;
use crate::plan::Plan;
use crate::summary::{Summary, counted};
use piton_base::terminal::clean;

/// GitHub refuses longer comments; whoever needs the rest has the JSON.
const MOST_ROWS: usize = 200;

/// Returns a plan as Markdown. The marker lets a later comment find this one.
pub fn markdown<O: Operation>(plan: &Plan<O>, title: &str) -> String {
    let summary = Summary::of(plan);
    let mut out = String::new();
    let _ = writeln!(out, "<!-- piton-plan -->");
    let _ = writeln!(out, "### {}\n", cell(title));
    let _ = writeln!(
        out,
        "{} in {}: {}\n",
        counted(summary.changes, "change"),
        counted(summary.total, "action"),
        summary.counted()
    );
    if !plan.is_empty() {
        out.push_str("| | action | target | description | notes |\n|---|---|---|---|---|\n");
        for action in plan.in_order().take(MOST_ROWS) {
            let operation = action.operation();
            let key = operation.key();
            let mut notes = Vec::new();
            if operation.destructive() {
                notes.push("destructive".to_owned());
            }
            if let Some(mode) = operation.conflict() {
                notes.push(format!("conflict: {mode}"));
            }
            if let Some(input) = action.input() {
                notes.push(format!("asks, or {}", code(&input.flag)));
            }
            for reference in operation.uses() {
                let what = format!("{} of {}", reference.output, reference.action);
                notes.push(format!("uses {}", code(&what)));
            }
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                code(&key.verb.mark().to_string()),
                key.verb,
                code(&key.target),
                cell(&action.description()),
                notes.join(", "),
            );
        }
        if let Some(more @ 1..) = plan.len().checked_sub(MOST_ROWS) {
            let _ = writeln!(out, "\n… and {more} more");
        }
    }
    if !plan.warnings().is_empty() {
        out.push_str("\n**Warnings**\n\n");
        for warning in plan.warnings() {
            let _ = writeln!(out, "- {}", cell(warning));
        }
    }
    out
}

/// Escapes what Markdown, HTML or a table would take for its own.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention would call somebody.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Sets a text in code, with as many ticks as it takes.
fn code(text: &str) -> String {
    let text = clean(text).replace('|', "\\|");
    let longest = piton_base::text::longest_ticks(&text);
    let fence = "`".repeat(longest + 1);
    if longest == 0 {
        format!("{fence}{text}{fence}")
    } else {
        format!("{fence} {text} {fence}")
    }
}
