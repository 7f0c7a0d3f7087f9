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
    /// The last piece of that text, where it came in pieces.
    pub last_piece: Option<String>,
    pub structured: Option<Value>,
    pub failure: Option<Failure>,
    pub session: Option<String>,
    /// The model that answered, as the agent names it.
    pub model: Option<String>,
    pub usage: Option<Usage>,
    /// In US dollars, an estimate of the agent's.
    pub cost: Option<f64>,
    /// The announcements of retries that nothing else followed.
    pub retrying: Option<Retrying>,
    /// What it said or began last, for people who watch.
    pub doing: Option<String>,
    /// Tool calls that the agent was not permitted to make.
    pub denials: Vec<String>,
    pub lines: u64,
    /// Lines that were not in the language, or torn.
    pub unread_lines: u64,
    /// Whether more came than is held.
    pub overflow: bool,
}

/// An agent that announces retries and does nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retrying {
    /// What failed the last time.
    pub(crate) failure: Failure,
    /// How many announcements came in a row.
    pub(crate) times: u32,
}

impl Retrying {
    /// Counts one more announcement.
    pub(super) fn again(before: Option<Self>, failure: Failure) -> Self {
        let times = before.map_or(0, |before| before.times) + 1;
        Self { failure, times }
    }
}

/// A failure that the agent tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// What rules can look at: `rate_limit`, `status:429`, `stop:refusal`.
    pub(crate) words: Vec<String>,
    pub(crate) message: String,
    /// When to come back, where the stream tells it apart from the message.
    pub(crate) until: Option<Timestamp>,
}
