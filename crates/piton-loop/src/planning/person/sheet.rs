//! What a person is asked about a migration, on one sheet.

use piton_migration::manifest::{Manifest, Status};

use super::super::products::PLAN_FILE;
use super::super::snapshot::Live;

/// What is asked, and everything needed to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewSheet {
    /// Why the migration waits, word for word; `None` when it does not.
    pub reason: Option<String>,
    /// What the last review found, where planning had no way on.
    pub findings: Option<String>,
    /// Status, cursor and phases, a line each.
    pub manifest: String,
    /// The plan, below the migration's directory.
    pub plan: Option<&'static str>,
    /// The current phase's document, below the migration's directory.
    pub phase: Option<String>,
    pub choices: Vec<Choice>,
}

piton_base::words! {
    /// What a person can answer.
    #[derive(Hash)]
    pub enum Choice: "an answer of a person" {
        Approve = "approve",
        Refine = "refine",
        Reject = "reject",
    }
}

impl ReviewSheet {
    pub fn of(live: &Live) -> Self {
        let manifest = &live.manifest;
        let awaiting = manifest.awaiting_human_review();
        let open = awaiting && manifest.status() == Status::Planning;
        let untouched = manifest.phases().iter().all(|phase| !phase.done);
        let choices = match manifest.status() {
            Status::Skipped | Status::Done => Vec::new(),
            Status::Planning | Status::Ready | Status::InProgress => {
                let approve = (awaiting && !open).then_some(Choice::Approve);
                let refine = untouched.then_some(Choice::Refine);
                approve
                    .into_iter()
                    .chain(refine)
                    .chain([Choice::Reject])
                    .collect()
            }
        };
        Self {
            reason: awaiting.then(|| {
                let reason = manifest.human_review_reason();
                reason.unwrap_or("it does not say why").to_owned()
            }),
            findings: open
                .then(|| live.own.review_notes.last().map(|note| note.text.clone()))
                .flatten(),
            manifest: summary(manifest),
            plan: live.contents.contains(PLAN_FILE).then_some(PLAN_FILE),
            phase: manifest
                .current_phase()
                .map(|(_, phase)| phase.file.clone()),
            choices,
        }
    }
}

/// Returns a manifest's status, cursor and phases, a line each.
fn summary(manifest: &Manifest) -> String {
    let current = manifest.current_phase().map(|(index, _)| index);
    let mut lines = vec![format!("status: {}", manifest.status())];
    if manifest.phases().is_empty() {
        lines.push("no phases".to_owned());
    }
    for (index, phase) in manifest.phases().iter().enumerate() {
        let mark = match (phase.done, current == Some(index)) {
            (true, _) => "done",
            (false, true) => "current",
            (false, false) => "pending",
        };
        let effort = phase
            .required_effort
            .map_or_else(String::new, |effort| format!(", effort {effort}"));
        lines.push(format!("- {} ({mark}{effort}): {}", phase.name, phase.file));
    }
    lines.join("\n")
}
