//! A copy of the state as it was, kept on this machine.

use piton_plan::files::FileOp;
use piton_plan::{
    Description, Done, Failure, Given, Key, Looked, Moment, Observe, Operation, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{TrafficPerformer, TrafficWorld};

/// Keeps a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// What it is a copy of.
    pub(crate) target: String,
    pub(crate) file: FileOp,
}

impl Operation for Backup {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let verb = if self.file.key().verb.performed() {
            Verb::Write
        } else {
            Verb::Skip
        };
        Key::new("backup", verb, &self.target)
    }

    fn describe(&self) -> Description<'_> {
        self.file.describe()
    }
}

impl Observe<Backup> for TrafficWorld<'_> {
    fn observe(&self, op: &Backup, given: &Given<'_>, moment: Moment) -> Looked {
        self.files.observe(&op.file, given, moment)
    }
}

impl Perform<Backup> for TrafficPerformer<'_> {
    fn perform(&self, op: &Backup, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        self.files.perform(&op.file, given, ())
    }
}
