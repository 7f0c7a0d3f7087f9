//! One call of an agent, as the record keeps it.

use serde::{Deserialize, Serialize};

/// What one call was, and how it ended; `calls/<n>-<role>/call.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    pub schema_version: u32,
    pub role: String,
    pub agent: String,
    /// What the program said of itself, where it says anything.
    pub version: Option<String>,
    /// The command line; the prompt is never on it.
    pub arguments: Vec<String>,
    pub model: Option<String>,
    pub effort_asked: Option<String>,
    pub effort_given: Option<String>,
    pub started_at: String,
    pub duration_ms: u64,
    pub usage: Option<Usage>,
    pub outcome: CallOutcome,
    /// One line about it, for people.
    pub summary: String,
}

/// What the agent says it spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    pub input_tokens: Option<u64>,
    pub cached_input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    pub cost_usd: Option<f64>,
}

/// How a call ended, from the caller's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallOutcome {
    /// Under way, or its run died.
    Running,
    /// A reply was read, understood and accepted.
    Accepted,
    /// A reply was read, and refused for what it says or did.
    Refused,
    /// There was no reply to read.
    Failed,
}

impl Usage {
    /// Adds up two calls; what neither tells stays unknown.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        fn add<T: std::ops::Add<Output = T>>(a: Option<T>, b: Option<T>) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(a + b),
                (a, b) => a.or(b),
            }
        }
        Self {
            input_tokens: add(self.input_tokens, other.input_tokens),
            cached_input_tokens: add(self.cached_input_tokens, other.cached_input_tokens),
            output_tokens: add(self.output_tokens, other.output_tokens),
            cost_usd: add(self.cost_usd, other.cost_usd),
        }
    }
}
