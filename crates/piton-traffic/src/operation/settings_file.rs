//! The two files that say what is tracked.

use piton_plan::files::FileOp;
use piton_plan::{
    ConflictMode, Description, Done, Failure, Given, Key, Looked, Moment, Observe, Operation,
    OutputRef, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{TrafficPerformer, TrafficWorld};

/// Writes one of the files, or leaves it as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsFile {
    /// What it is about: a file, or the repository that is registered.
    pub(crate) target: String,
    /// Whether it is the user's list.
    pub(crate) list: bool,
    pub(crate) file: FileOp,
}

impl Operation for SettingsFile {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let verb = match (self.file.key().verb, self.list) {
            (Verb::Skip, _) => Verb::Skip,
            (Verb::Delete, _) => Verb::Delete,
            // The list without the repository.
            (Verb::Write, true) => Verb::Update,
            (_, true) => Verb::Register,
            (_, false) => Verb::Write,
        };
        Key::new("config", verb, &self.target)
    }

    fn describe(&self) -> Description<'_> {
        self.file.describe()
    }

    fn uses(&self) -> Vec<&OutputRef> {
        self.file.uses()
    }

    fn conflict(&self) -> Option<ConflictMode> {
        self.file.conflict()
    }
}

impl Observe<SettingsFile> for TrafficWorld<'_> {
    fn observe(&self, op: &SettingsFile, given: &Given<'_>, moment: Moment) -> Looked {
        self.files.observe(&op.file, given, moment)
    }
}

impl Perform<SettingsFile> for TrafficPerformer<'_> {
    fn perform(&self, op: &SettingsFile, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        self.files.perform(&op.file, given, ())
    }
}
