//! A file below a folder that is not the repository.

use std::borrow::Cow;
use std::path::PathBuf;

use piton_plan::files::FileOp;
use piton_plan::{ConflictMode, Detail, Operation, OutputRef, Verb};
use serde::{Deserialize, Serialize};

/// An operation on a file below `root`, which is named in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutsideFile {
    pub(crate) root: PathBuf,
    pub(crate) file: FileOp,
}

impl Operation for OutsideFile {
    fn category(&self) -> &'static str {
        self.file.category()
    }

    fn verb(&self) -> Verb {
        self.file.verb()
    }

    fn target(&self) -> Cow<'_, str> {
        format!("{}/{}", self.root.display(), self.file.target()).into()
    }

    fn description(&self) -> Cow<'_, str> {
        self.file.description()
    }

    fn uses(&self) -> Vec<&OutputRef> {
        self.file.uses()
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        self.file.premise()
    }

    fn expectation(&self) -> Cow<'_, str> {
        self.file.expectation()
    }

    fn details(&self) -> Vec<Detail> {
        self.file.details()
    }

    fn conflict(&self) -> Option<ConflictMode> {
        self.file.conflict()
    }

    fn destructive(&self) -> bool {
        self.file.destructive()
    }

    fn reversible(&self) -> bool {
        self.file.reversible()
    }
}
