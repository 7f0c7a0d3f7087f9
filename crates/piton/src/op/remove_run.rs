//! The record of a run, removed.

use std::borrow::Cow;

use piton_loop::runs::RunId;
use piton_plan::{Detail, Operation, Verb};
use serde::{Deserialize, Serialize};

/// Removes the record of a run that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemoveRun {
    pub(crate) id: RunId,
    pub(crate) bytes: u64,
    /// The limit that it breaks.
    pub(crate) why: String,
}

impl Operation for RemoveRun {
    fn category(&self) -> &'static str {
        "run"
    }

    fn verb(&self) -> Verb {
        Verb::Delete
    }

    fn target(&self) -> Cow<'_, str> {
        self.id.as_str().into()
    }

    fn description(&self) -> Cow<'_, str> {
        self.why.as_str().into()
    }

    fn premise(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(OVER))
    }

    fn expectation(&self) -> Cow<'_, str> {
        "no record".into()
    }

    fn details(&self) -> Vec<Detail> {
        vec![Detail::new(1, "size", format!("{} bytes", self.bytes))]
    }

    fn repeatable(&self) -> bool {
        true
    }
}

/// What a record that may go belongs to.
pub(crate) const OVER: &str = "a run that is over";
