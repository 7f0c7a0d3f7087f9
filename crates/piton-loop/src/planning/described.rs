//! The call of a step, in the words of the run's record.

use super::decide::{StepDecision, call_role};
use crate::runs::{CallOutcome, CallScope, CallVerdict};

pub(super) fn scope(decision: &StepDecision) -> CallScope {
    CallScope {
        attempt: 1,
        retry: 1,
        target: decision.base.slug.to_string(),
        call_role: call_role(decision.step).to_string(),
        phase_reached: decision.step.to_string(),
        effort: decision.effort.clone(),
    }
}

pub(super) fn verdict(
    decision: &StepDecision,
    outcome: CallOutcome,
    summary: String,
) -> CallVerdict {
    CallVerdict {
        schema_version: 1,
        role: call_role(decision.step).to_string(),
        effort_asked: Some(decision.effort.requested.to_string()),
        effort_given: Some(decision.effort.effective.to_string()),
        outcome,
        summary,
    }
}
