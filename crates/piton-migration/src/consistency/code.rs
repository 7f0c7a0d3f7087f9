//! Every code a finding can have.

use std::fmt;

use serde::{Serialize, Serializer};

piton_base::words! {
    /// How bad a finding is. Only errors block.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Severity: "a severity" {
        Info = "info",
        Warning = "warning",
        Error = "error",
    }
}

/// Declares the codes: variant, severity, name, what it means, what to do.
macro_rules! codes {
    ($($variant:ident $severity:ident $name:literal $meaning:literal $remedy:literal;)*) => {
        /// What a finding is about. `docs/findings.md` explains each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
        }

        impl Code {
            /// Every code, the original's first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the name used in output.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Returns how bad such a finding is.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Returns what such a finding means.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// Returns what to do about it.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)* }
            }
        }
    };
}

codes! {
    MissingManifest Error "missing-manifest"
        "The migration has no manifest.json."
        "Restore the file from git, or remove the directory.";
    InvalidManifest Error "invalid-manifest"
        "The manifest.json cannot be read or decoded."
        "Correct the field that the message names, or restore the file from git.";
    ManifestSlugMismatch Error "manifest-slug-mismatch"
        "The manifest's name is not the directory's."
        "Rename one of the two; doctor --repair puts the directory's name into the manifest.";
    DuplicatePhaseDocIndex Error "duplicate-phase-doc-index"
        "Two phase documents have one number."
        "Renumber one of them, in its name and in the manifest.";
    DuplicatePhaseDocName Error "duplicate-phase-doc-name"
        "Two phase documents have one name."
        "Rename or remove one of them.";
    MissingPlan Error "missing-plan"
        "There is no plan.md."
        "Write it, or restore it from git.";
    InvalidPhaseFileReference Error "invalid-phase-file-reference"
        "A phase's file is empty, absolute or holds `..`."
        "Give the path of a document below the migration directory.";
    PhaseFileEscapesMigration Error "phase-file-escapes-migration"
        "A phase's file leads out of the migration through a link."
        "Replace the link by the document itself.";
    MissingPhaseFile Error "missing-phase-file"
        "A phase's document does not exist."
        "Write it, or correct the phase's file in the manifest.";
    PhaseFileNotRegular Error "phase-file-not-regular"
        "A phase's document is not a regular file."
        "Replace the directory, link or device by a file.";
    MissingManifestPhases Error "missing-manifest-phases"
        "A migration to be carried out lists no phases."
        "List the phases in the manifest, or send the plan back with refine.";
    InvalidCurrentPhase Error "invalid-current-phase"
        "The cursor is on no phase."
        "Set current_phase to a phase's name; doctor --repair picks the first that is not done.";
    PhaseDocNotInManifest Error "phase-doc-not-in-manifest"
        "A phase document's name is not a phase of the manifest."
        "List the phase, or rename or remove the document.";
    MissingPhasePrecondition Error "missing-phase-precondition"
        "A phase document has no heading `## Precondition`."
        "Add the section; the heading stands alone on its line.";
    MissingPhaseDefinitionOfDone Error "missing-phase-definition-of-done"
        "A phase document has no heading `## Definition of Done`."
        "Add the section; the heading stands alone on its line.";
    PlanningStateMissing Error "planning-state-missing"
        "A migration in planning has no .planning/state.json."
        "Restore the file from git.";
    PlanningStateInvalid Error "planning-state-invalid"
        "The planning record of a migration in planning cannot be used."
        "Correct what the message names, or restore the file from git.";
    TransactionRootInvalid Error "transaction-root-invalid"
        "The name __transactions__ is taken by something that is not a directory."
        "Remove it.";
    PublishLockPresent Error "publish-lock-present"
        "Another tool is publishing, or died while it was."
        "Wait; if its process is gone, doctor --repair removes the lock.";
    TransactionLeftover Error "transaction-leftover"
        "A publish did not finish, or did not clean up."
        "Run doctor --repair, which restores or removes what is there.";

    UnreadablePhaseDoc Error "unreadable-phase-doc"
        "A phase document that must be read cannot be, or is not UTF-8."
        "Save the document as UTF-8 text that you may read.";
    InvalidTimestamp Warning "invalid-timestamp"
        "A stamp in the manifest is not a point in time, so the migration cannot be scheduled."
        "Write it like 2026-06-01T12:00:00.000+00:00.";
    OversizedPhaseDoc Warning "oversized-phase-doc"
        "A phase document is larger than an agent can be expected to read."
        "Shorten the document or split the phase.";
    EmptyPlan Warning "empty-plan"
        "The plan.md is empty."
        "Write the plan, or send it back with refine.";
    EmptyPhasePrecondition Warning "empty-phase-precondition"
        "A phase states no precondition, so nothing can be checked before it starts."
        "State in the manifest what must be true before the phase.";
    CurrentPhaseDone Warning "current-phase-done"
        "The cursor is on a phase that is done already and would be carried out again."
        "Move the cursor; doctor --repair moves it to the first phase that is not done.";
    DoneWithUnfinishedPhases Warning "done-with-unfinished-phases"
        "The migration is done and some of its phases are not."
        "Mark them done, or set the status back to ready.";
    PlanningStateDisagrees Warning "planning-state-disagrees"
        "The manifest's status and the planning record disagree."
        "Find out which is right in git's history and correct the other.";
    PlanningStateUnusable Warning "planning-state-unusable"
        "The planning record of a migration past planning cannot be used, so refine cannot reopen it."
        "Restore the file from git.";
    StageReferenceMoved Warning "stage-reference-moved"
        "The planning record points at where the migrations directory was before."
        "Run doctor --repair, which points it at where the directory is.";
    UnreferencedStageOutput Info "unreferenced-stage-output"
        "A stage output that no completed step refers to."
        "Remove it if nobody needs it.";
    UnpublishableEntry Warning "unpublishable-entry"
        "A link or special file in the migration makes every publish of it fail."
        "Replace it by a regular file, or remove it.";
    NameNotUtf8 Warning "name-not-utf8"
        "A name is not UTF-8, so neither this tool nor the manifest can refer to it."
        "Rename it.";
    OwnDataInvalid Warning "own-data-invalid"
        "The file .planning/piton.json cannot be read, so what piton noted there is not used."
        "Correct what the message names, or remove the file.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Code {
    /// Tells whether the code is piton's own rather than the original's.
    pub fn is_own(self) -> bool {
        self >= Self::UnreadablePhaseDoc
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_originals_findings_are_errors_and_names_are_unique() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(
            Code::ALL
                .iter()
                .filter(|code| !code.is_own())
                .all(|code| code.severity() == Severity::Error)
        );
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert_eq!(Code::ALL.iter().filter(|code| !code.is_own()).count(), 20);
    }
}
