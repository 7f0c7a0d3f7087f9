//! Messages of the commits that piton makes.

use crate::replies::StatusBlock;
use crate::sanitize::sanitize;

/// What stands in for a rationale that nobody gave.
const NO_RATIONALE: &str = "Validated cleanup completed.";

/// Returns the whole message: subject, why, and the validation command where
/// one applied.
pub fn message(subject: &str, why: &str, validation: Option<&str>) -> String {
    let mut message = format!("{}\n\nWhy:\n{}", subject.trim(), why.trim());
    if let Some(command) = validation.filter(|command| !is_absent(command)) {
        message.push_str("\n\nValidation:\n");
        message.push_str(command.trim());
    }
    message
}

/// Returns the subject of the commit that begins a migration.
pub fn new_migration_subject(prefix: &str, slug: &str) -> String {
    format!("{prefix}: plan {slug}")
}

/// Returns the subject of the commit of one planning step.
pub(crate) fn planning_subject(prefix: &str, slug: &str, step: &str) -> String {
    format!("{prefix}: planning/{slug}/{step}")
}

/// Returns the subject of the commit of one phase.
pub(crate) fn phase_subject(prefix: &str, slug: &str, reference: &str) -> String {
    format!("{prefix}: migration/{slug}/{reference}")
}

/// Returns the subject of the commit of one refactor.
pub(crate) fn refactor_subject(prefix: &str, target: &str) -> String {
    let target: Vec<&str> = target.split_whitespace().collect();
    format!("{prefix}: {}", target.join(" "))
}

/// Returns the subject of the commit that records a person's word on a
/// migration: `refine`, `approve`, `reject`, `review`.
pub(crate) fn person_subject(prefix: &str, slug: &str, verb: &str) -> String {
    format!("{prefix}: {verb} {slug}")
}

/// Returns why the work was done, in the agent's words where it gave any.
pub fn rationale(status: Option<&StatusBlock>, fallback: &str, repo_root: &str) -> String {
    let said = |text: &Option<String>| {
        text.as_deref()
            .and_then(|text| sanitize(text, repo_root))
            .filter(|text| !is_absent(text))
    };
    status
        .and_then(|status| {
            said(&status.commit_rationale)
                .or_else(|| said(&status.summary).filter(|text| !is_placeholder(text)))
        })
        .or_else(|| said(&Some(fallback.to_owned())))
        .unwrap_or_else(|| NO_RATIONALE.to_owned())
}

/// Agents write "none" where they mean nothing.
fn is_absent(text: &str) -> bool {
    let word = text.trim().to_lowercase();
    let word = word.strip_suffix('.').unwrap_or(&word);
    matches!(word, "" | "none" | "n/a" | "na")
}

/// A summary that says that there is one, and nothing else.
fn is_placeholder(summary: &str) -> bool {
    summary.to_lowercase().contains("ready to commit")
}
