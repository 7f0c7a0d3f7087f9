//! A plan for a terminal.

use std::fmt::Write;

use crate::action::Action;
use crate::conflict::ConflictMode;
use crate::operation::{Key, Operation};
use crate::plan::Plan;
use crate::ready::Outlook;
use crate::render::style::{Colour, Style};
use crate::summary::{Summary, counted};
use piton_base::terminal::{clean, columns, cut};

/// What is about to happen to the plan. It changes the first line only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    DryRun,
    Run,
    Saved,
}

/// The columns before the target: the mark, a space, the tag, two spaces.
const TAG: usize = 13;
const INDENT: usize = 2 + TAG + 2;

/// Returns a plan as text: one line an action in the order of performing,
/// warnings, conflicts and counts, and details from level 1 upwards.
pub fn text<O: Operation>(plan: &Plan<O>, heading: Heading, level: i8, style: Style) -> String {
    let mut out = String::new();
    let summary = Summary::of(plan);
    if level >= -1 {
        head(&mut out, &summary, heading);
    }
    if level >= 0 && !plan.is_empty() {
        out.push('\n');
        for action in plan.in_order() {
            line(&mut out, action, level, style);
            details(&mut out, plan, action, level, style);
        }
        out.push('\n');
    }
    if level >= 3 && !plan.context().is_empty() {
        out.push_str("known beforehand:\n");
        for (key, value) in plan.context() {
            let _ = writeln!(out, "  {} = {}", clean(key), clean(&value.to_string()));
        }
        out.push('\n');
    }
    if level >= -2 {
        for warning in plan.warnings() {
            let line = format!("! warning: {}", clean(warning));
            let _ = writeln!(out, "{}", style.paint(Colour::Yellow, &line));
        }
    }
    if level >= 0 && summary.conflicts > 0 {
        let _ = writeln!(out, "{} to settle", counted(summary.conflicts, "conflict"));
    }
    if level >= -1 {
        let _ = writeln!(out, "{}", summary.counted());
    }
    out
}

fn head(out: &mut String, summary: &Summary, heading: Heading) {
    let (before, after) = match heading {
        Heading::DryRun => ("dry run of ", "; nothing is changed"),
        Heading::Run => ("", ""),
        Heading::Saved => ("saved plan of ", ""),
    };
    let _ = writeln!(
        out,
        "{before}{}: {} in {}{after}",
        clean(&summary.command),
        counted(summary.changes, "change"),
        counted(summary.total, "action"),
    );
}

/// Writes the one line of an action. The target is never cut; the description
/// is, below level 1.
fn line<O: Operation>(out: &mut String, action: &Action<O>, level: i8, style: Style) {
    let operation = action.operation();
    let Key { verb, target, .. } = operation.key();
    let tag = format!("[{}]", verb.as_str().to_ascii_uppercase());
    let marked = format!("{} {tag:>TAG$}", verb.mark());
    let target = clean(&target);
    let mut flags = Vec::new();
    if let Some(mode) = operation.conflict().filter(|m| *m != ConflictMode::Skip) {
        flags.push((Colour::Yellow, format!("({mode})")));
    }
    if action.input().is_some() {
        flags.push((Colour::Magenta, "(will ask)".to_owned()));
    }
    let flagged: usize = flags.iter().map(|(_, text)| columns(text) + 1).sum();
    let description = action.description();
    let description = clean(&description);
    let room = style
        .width
        .saturating_sub(INDENT + columns(&target) + 3 + flagged);
    let description = if level >= 1 {
        description
    } else if room < 8 {
        "".into()
    } else {
        cut(&description, room)
    };
    let _ = write!(
        out,
        "{}  {target}",
        style.paint(Colour::of_verb(verb), &marked)
    );
    if !description.is_empty() {
        let _ = write!(out, " — {description}");
    }
    for (colour, text) in flags {
        let _ = write!(out, " {}", style.paint(colour, &text));
    }
    out.push('\n');
}

fn details<O: Operation>(
    out: &mut String,
    plan: &Plan<O>,
    action: &Action<O>,
    level: i8,
    style: Style,
) {
    if level < 1 {
        return;
    }
    let operation = action.operation();
    let shown = operation.describe();
    let mut say = |name: &str, value: &str| entry(out, name, value, style);
    for dependency in plan.dependencies(action.id()) {
        let name = if dependency.order_only {
            "after"
        } else {
            "depends on"
        };
        say(name, dependency.on.as_str());
    }
    if let Some(premise) = &shown.premise {
        say("premise", premise);
    }
    for reference in operation.uses() {
        say("uses", &reference.to_string());
    }
    if let Some(input) = action.input() {
        say("asks", &format!("{} (or {})", input.question, input.flag));
    }
    for detail in &shown.details {
        if detail.level <= level {
            say(&detail.name, &detail.value);
        }
    }
    if level >= 2 {
        say("expects", shown.expectation());
    }
    if level >= 3 {
        say("id", action.id().as_str());
    }
}

/// Writes one detail; a value of several lines goes below its name.
fn entry(out: &mut String, name: &str, value: &str, style: Style) {
    let name = style.paint(Colour::Grey, &clean(name));
    let mut lines = value.trim_end_matches('\n').split('\n');
    if let (Some(only), None) = (lines.next(), lines.next()) {
        let _ = writeln!(out, "{:INDENT$}{name}: {}", "", clean(only));
        return;
    }
    let _ = writeln!(out, "{:INDENT$}{name}:", "");
    for line in value.trim_end_matches('\n').split('\n') {
        let _ = writeln!(out, "{:INDENT$}  {}", "", clean(line));
    }
}

/// Returns what a rehearsal adds where nobody could be asked.
pub fn outlook(outlook: &Outlook) -> String {
    let mut out = String::new();
    for missing in &outlook.missing {
        let _ = writeln!(
            out,
            "needs input that is not available: {} ({}; answer it with {})",
            clean(missing.action.as_str()),
            clean(&missing.question),
            clean(&missing.flag),
        );
    }
    for id in &outlook.left_out {
        let _ = writeln!(
            out,
            "left out, because nobody answered: {}",
            clean(id.as_str())
        );
    }
    for id in &outlook.blocked {
        let _ = writeln!(out, "blocked by it: {}", clean(id.as_str()));
    }
    out
}
