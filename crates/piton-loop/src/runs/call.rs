//! What became of one call of an agent.

use serde::{Deserialize, Serialize};

use super::CallScope;

/// The file beside the agent's own record of the call.
pub(super) const VERDICT_FILE: &str = "verdict.json";

/// What the caller made of a call; `calls/<n>-<role>/verdict.json`.
///
/// What the call itself was (agent, version, arguments, model, duration,
/// tokens, cost, how it ended) is in `call.json` beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallVerdict {
    pub schema_version: u32,
    pub role: String,
    /// The tier that was asked for, before any cap.
    pub effort_asked: Option<String>,
    /// The tier that the agent was given.
    pub effort_given: Option<String>,
    pub outcome: CallOutcome,
    /// One line about it, for people.
    pub summary: String,
}

impl CallVerdict {
    /// Returns what became of a call, in the words of its scope.
    pub(crate) fn of(scope: &CallScope, outcome: CallOutcome, summary: String) -> Self {
        Self {
            schema_version: 1,
            role: scope.call_role.clone(),
            effort_asked: Some(scope.effort.requested.to_string()),
            effort_given: Some(scope.effort.effective.to_string()),
            outcome,
            summary,
        }
    }
}

piton_base::words! {
    /// How a call ended, from the caller's side.
    #[derive(Hash)]
    pub enum CallOutcome: "an outcome of a call" {
        /// A reply was read, understood and accepted.
        Accepted = "accepted",
        /// A reply was read, and refused for what it says or did.
        Refused = "refused",
        /// There was no reply to read.
        Failed = "failed",
    }
}
