//! One call or one action of a plan that is under way, as a line.

use std::time::Duration;

use jiff::Timestamp;
use piton_agent::Usage;
use piton_plan::ActionId;

use crate::output::amount::{consumed, ticking};

/// One of them.
#[derive(Debug)]
pub(super) struct UnderWay {
    pub(super) what: What,
    /// Whose it is, where several jobs go on.
    pub(super) job: Option<u32>,
    /// Without its target where the job names it.
    pub(super) label: String,
    pub(super) began: Timestamp,
    /// When a sign of life was given last.
    pub(super) beat: Timestamp,
    pub(super) usage: Option<Usage>,
    pub(super) cost_usd: Option<f64>,
    /// What it said or began last, on one harmless line.
    pub(super) doing: String,
}

/// What it is, so that its end is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Call(u32),
    PlanAction(ActionId),
}

impl UnderWay {
    /// Returns what there is to know of it, on a line.
    pub(super) fn line(&self, now: Timestamp) -> String {
        let mut parts = vec![ticking(since(self.began, now))];
        parts.extend(consumed(self.usage, self.cost_usd));
        let mut line = format!("{}  {}", self.label, parts.join("  "));
        if !self.doing.is_empty() {
            line.push_str("  ");
            line.push_str(&self.doing);
        }
        line
    }
}

/// How long it is since then.
pub(super) fn since(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(then)).unwrap_or_default()
}
