//! The lines of a journal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::{ActionId, PlanId};
use crate::journal::status::Status;
use crate::operation::Operation;
use crate::plan::Plan;
use crate::receipt::{Outcome, Receipt, SkipReason};
use crate::verify::Verification;

/// The version of the file format.
pub const FORMAT: u32 = 2;

/// The first line, as it is written.
#[derive(Serialize)]
#[serde(bound = "O: Operation")]
pub(super) struct HeadOut<'a, O> {
    pub(super) journal: u32,
    pub(super) id: PlanId,
    pub(super) at: Timestamp,
    pub(super) tool: &'a str,
    /// For whoever reads no further than here.
    pub(super) command: &'a str,
    pub(super) left_out: BTreeMap<&'a ActionId, &'a SkipReason>,
    pub(super) answers: BTreeMap<&'a ActionId, WrittenAnswer>,
    pub(super) plan: &'a Plan<O>,
}

/// The first line without the plan, whose operations only their family reads.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct HeadIn {
    pub(super) id: PlanId,
    pub(super) at: Timestamp,
    #[serde(default)]
    pub(super) tool: String,
    #[serde(default)]
    pub(super) left_out: BTreeMap<ActionId, SkipReason>,
    #[serde(default)]
    pub(super) answers: BTreeMap<ActionId, WrittenAnswer>,
    pub(super) plan: Outline,
}

/// What every reader can know of the plan.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Outline {
    pub(super) command: String,
    pub(super) actions: Vec<OutlineAction>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct OutlineAction {
    pub(super) id: ActionId,
}

/// Only the plan of the first line.
#[derive(Deserialize)]
#[serde(bound = "O: Operation")]
pub(super) struct PlanIn<O> {
    pub(super) plan: Plan<O>,
}

/// The version alone, which is read before anything else is believed.
#[derive(Deserialize)]
pub(super) struct Version {
    pub(super) journal: u32,
}

/// An answer as it is written down; secrets are asked for again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum WrittenAnswer {
    Yes,
    Text(String),
}

/// Every line after the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Intent {
        action: ActionId,
        at: Timestamp,
    },
    Outcome(Receipt),
    /// Another process carries the run on.
    Resumed {
        at: Timestamp,
    },
    /// The run came to its end; what was not performed is told here, since it
    /// follows from the rest and need not be durable before.
    Ended {
        at: Timestamp,
        skipped: Vec<Receipt>,
        /// What failed is decided again by its command, and not carried on.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        over: bool,
        /// How far all of it came, for whoever reads nothing but the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counts: Option<Counts>,
    },
    Verified {
        at: Timestamp,
        verification: Verification,
    },
}

/// How far a plan came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Counts {
    pub(super) actions: usize,
    /// What needs nothing more, left out or done.
    pub(super) settled: usize,
    pub(super) failed: usize,
    pub(super) left: usize,
}

impl Counts {
    pub(super) fn of(receipts: &[Receipt], actions: usize) -> Self {
        let count =
            |is: &dyn Fn(&Outcome) -> bool| receipts.iter().filter(|r| is(&r.outcome)).count();
        let failed = count(&|outcome| matches!(outcome, Outcome::Failed(_)));
        let settled = count(&Outcome::is_success);
        Self {
            actions,
            settled,
            failed,
            left: actions - settled - failed,
        }
    }

    /// Returns where a run that came to its end stands.
    pub(super) fn status(self, over: bool) -> Status {
        let Self { failed, left, .. } = self;
        if failed + left == 0 {
            Status::Finished
        } else if over {
            Status::Failed
        } else {
            Status::Incomplete { failed, left }
        }
    }
}
