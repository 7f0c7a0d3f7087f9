//! A state on its way, with what was done to it.

use std::collections::BTreeMap;

use crate::collect::day::Moment;
use crate::ordered::{Json, Object};

/// One thing that was done to a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub kind: StepKind,
    pub target: String,
    pub line: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    Migrate,
    Repair,
    CreateRow,
    UpdateRow,
    RaiseTotal,
    /// A series of piton's own is kept anew.
    UpdateSeries,
}

/// A state on its way, with what was done to it so far.
#[derive(Clone, Debug)]
pub struct Mending {
    pub state: Object,
    /// The files of the archive; `None` where there is none, or it cannot be
    /// read.
    pub archive: Option<BTreeMap<String, Json>>,
    /// The files of the archive that are new or changed.
    pub changed: BTreeMap<String, Json>,
    pub repository: String,
    pub now: Moment,
    pub steps: Vec<Step>,
    pub warnings: Vec<String>,
}

impl Mending {
    pub fn new(
        state: Object,
        archive: Option<BTreeMap<String, Json>>,
        repository: String,
        now: Moment,
    ) -> Self {
        Self {
            state,
            archive,
            changed: BTreeMap::new(),
            repository,
            now,
            steps: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn note(
        &mut self,
        kind: StepKind,
        target: impl Into<String>,
        line: impl Into<String>,
    ) {
        self.steps.push(Step {
            kind,
            target: target.into(),
            line: line.into(),
        });
    }

    /// Raises a total, never lowers it, and notes it.
    pub(super) fn raise(&mut self, total: &str, to: i64) {
        let before = self.state.or_zero(total);
        if to > before {
            self.state.set(total, to);
            self.note(
                StepKind::RaiseTotal,
                total,
                format!("{before} becomes {to}"),
            );
        }
    }
}
