//! What the output of one call came to.

use jiff::Timestamp;
use serde_json::Value;

use crate::usage::Usage;

/// What the output of one call came to, whatever language it was in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    /// Whether a final result came that says it is one.
    pub finished: bool,
    /// The final text; without a final result, what the agent last said.
    pub text: Option<String>,
    pub structured: Option<Value>,
    pub failure: Option<Failure>,
    pub session: Option<String>,
    /// The model that answered, as the agent names it.
    pub model: Option<String>,
    pub usage: Option<Usage>,
    /// In US dollars, an estimate of the agent's.
    pub cost: Option<f64>,
    /// The last announcement of a retry that nothing else followed.
    pub retrying: Option<String>,
    /// Tool calls that the agent was not permitted to make.
    pub denials: Vec<String>,
    pub lines: u64,
    /// Lines that were not in the language, or torn.
    pub unread_lines: u64,
    /// Whether more came than is held.
    pub overflow: bool,
}

/// A failure that the agent tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// What rules can look at: `rate_limit`, `status:429`, `stop:refusal`.
    pub words: Vec<String>,
    pub message: String,
    pub until: Option<Timestamp>,
}
