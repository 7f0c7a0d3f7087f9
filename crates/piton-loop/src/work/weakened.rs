//! Whether work weakens the tests that are to judge it.

use std::path::Path;

use piton_agent::CallRole;
use piton_git::CommitId;
use piton_git::landing::TreeEntry;
use piton_git::slot::{Proposed, SlotError};

use super::failure::WorkFailure;
use super::shop::Shop;
use crate::dilution::{self, FileChange, Finding};
use crate::failures::FailureKind;
use crate::runs::RunRecord;
use crate::validation::ValidationCommand;

/// Longer files hold no tests that anybody reads.
const LONGEST: usize = 2 << 20;

/// Compares the tests before and after a commit, both as git has them: what
/// is in the slot meanwhile does not matter.
pub(super) fn look(
    shop: &Shop<'_>,
    base: &CommitId,
    proposed: &Proposed,
) -> Result<Vec<Finding>, SlotError> {
    let is_file = |entry: &Option<TreeEntry>| entry.as_ref().is_some_and(TreeEntry::is_file);
    let changes = &proposed.changes;
    let wanted: Vec<_> = changes
        .iter()
        .flat_map(|change| {
            let path: &Path = &change.path;
            let before = is_file(&change.from).then_some((base, path));
            let after = is_file(&change.to).then_some((&proposed.commit, path));
            [before, after]
        })
        .collect();
    let asked: Vec<_> = wanted.iter().flatten().copied().collect();
    let mut found = shop.repository.contents_at(&asked)?.into_iter();
    let mut texts = wanted.iter().map(|wanted| {
        let bytes = wanted.and_then(|_| found.next().flatten())?;
        (bytes.len() <= LONGEST).then(|| String::from_utf8_lossy(&bytes).into_owned())
    });
    let compared: Vec<FileChange> = changes
        .iter()
        .map(|change| FileChange {
            path: change.path.to_string_lossy().into_owned(),
            before: texts.next().flatten(),
            after: texts.next().flatten(),
        })
        .collect();
    let command = shop.validator.command.map(ValidationCommand::words);
    Ok(dilution::compare(&compared, command.unwrap_or_default()))
}

/// Tells of what was found, and refuses the work where the policy does.
pub(super) fn refusal(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    role: CallRole,
    findings: &[Finding],
) -> Option<WorkFailure> {
    for finding in findings {
        run.note(format!("look: {finding}"));
    }
    if !dilution::refused(shop.dilution, findings) {
        return None;
    }
    let grave: Vec<Finding> = findings
        .iter()
        .filter(|it| it.is_grave())
        .cloned()
        .collect();
    let list = dilution::tell(&grave);
    Some(WorkFailure {
        weakened: true,
        ..WorkFailure::again(
            role,
            FailureKind::TestsWeakened,
            format!("it weakens the tests:\n{list}"),
        )
    })
}
