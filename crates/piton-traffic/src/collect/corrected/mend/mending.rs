//! A state on its way, with what was done to it.

use std::collections::BTreeMap;

use super::super::book::Book;
use super::days::{Measured, all_days};
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
    /// A series of piton's own is kept again.
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

    /// Takes a state back that was opened as a book; its version stays what it
    /// was.
    pub(super) fn take_back(&mut self, book: Book) {
        let version = self.state.get("schemaVersion").cloned();
        self.state = book.close();
        match version {
            Some(version) => self.state.set("schemaVersion", version),
            None => drop(self.state.remove("schemaVersion")),
        }
    }

    /// Opens the state as a book.
    pub(super) fn book(&self) -> Book {
        Book::open(self.state.clone(), self.now)
    }

    /// Returns every day that is known.
    pub(super) fn days(&self) -> Measured {
        all_days(&self.state, self.archive.as_ref(), self.now)
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
