//! What a person is shown who is to decide about a migration.

use std::fmt::Write as _;

use piton_base::terminal::clean;
use piton_loop::planning::person::{Choice, ReviewSheet};
use piton_loop::planning::snapshot::Live;
use piton_migration::contents::Contents;

/// The answer of the step that asks for a person.
const EXPLANATION: &str = ".planning/stages/final-review.stdout.md";

/// How much of the plan stands on the screen before the question.
const LINES: usize = 40;

/// Returns what the reviewer said who asks for a person.
pub(super) fn explanation(sheet: &ReviewSheet, live: &Live) -> Option<String> {
    // Where there are findings they are what it is about.
    let asked = sheet.reason.is_some() && sheet.findings.is_none();
    asked.then(|| live.contents.text(EXPLANATION)).flatten()
}

/// Leaves out the line that decides: it is the reason again.
fn beside_the_reason(said: &str) -> &str {
    let said = said.trim_end();
    match said.rsplit_once('\n') {
        Some((before, last)) if last.contains("final-decision:") => before.trim_end(),
        Some(_) | None => said,
    }
}

/// Returns the plan, as it is in the migration.
pub(super) fn plan(sheet: &ReviewSheet, live: &Live) -> Option<String> {
    sheet.plan.and_then(|plan| live.contents.text(plan))
}

/// Tells why it waits, what the reviewer says, what the plan is and how to
/// answer. On a screen a long plan is cut.
pub(super) fn shown(sheet: &ReviewSheet, live: &Live, cut: bool) -> String {
    let slug = &live.slug;
    let mut text = String::new();
    let _ = match &sheet.reason {
        Some(reason) => writeln!(text, "{slug} waits for a person: {}", clean(reason)),
        None => writeln!(text, "{slug} is not awaiting approval."),
    };
    let _ = writeln!(text, "\n{}", sheet.manifest.trim_end());
    if let Some(findings) = &sheet.findings {
        block(&mut text, "what the last review found", findings, None);
    }
    if let Some(said) = explanation(sheet, live) {
        let said = beside_the_reason(&said);
        block(&mut text, "what the reviewer says", said, None);
    }
    if let Some(plan) = plan(sheet, live) {
        block(&mut text, "the plan", &plan, cut.then_some(LINES));
    }
    if !sheet.choices.is_empty() {
        let _ = writeln!(text);
    }
    for choice in &sheet.choices {
        let rest = match choice {
            Choice::Approve => "",
            Choice::Refine => " --message TEXT",
            Choice::Reject => " --reason TEXT",
        };
        let _ = writeln!(text, "  piton migration {} {slug}{rest}", choice.as_str());
    }
    text
}

/// Returns the plan and its phases in one text.
pub(super) fn everything(live: &Live) -> String {
    let mut files: Vec<&str> = live
        .contents
        .top_level()
        .filter(|path| path.strip_suffix(".md").is_some())
        .collect();
    files.sort_by_key(in_order);
    together(&live.contents, &files)
}

/// The plan comes before its phases.
pub(super) fn in_order<'p>(path: &&'p str) -> (bool, &'p str) {
    (*path != "plan.md", *path)
}

/// Returns files in one text, each after the first below its name.
pub(super) fn together(contents: &Contents, files: &[&str]) -> String {
    let mut text = String::new();
    for file in files {
        if !text.is_empty() {
            let _ = writeln!(text, "\n--- {} ---\n", clean(file));
        }
        for line in contents.text(file).unwrap_or_default().trim_end().lines() {
            let _ = writeln!(text, "{}", clean(&line.replace('\t', "    ")));
        }
    }
    text
}

fn block(text: &mut String, title: &str, content: &str, most: Option<usize>) {
    let _ = writeln!(text, "\n{title}:\n");
    let content = content.trim_end();
    let count = content.lines().count();
    // A line or two more are better shown than counted.
    let most = most.filter(|most| count > most + 3).unwrap_or(count);
    for line in content.lines().take(most) {
        let _ = writeln!(text, "{}", format!("  {}", clean(line)).trim_end());
    }
    if most < count {
        let _ = writeln!(
            text,
            "  … and {} more lines; `view` shows them",
            count - most
        );
    }
}
