//! The languages in which agents tell what they do.

mod claude;
mod codex;
mod json;
mod lines;
mod partial;
mod plain;
mod transcript;

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

pub use claude::ClaudeStream;
pub use codex::CodexStream;
pub use lines::Lines;
pub use plain::Plain;
pub use transcript::{Failure, Retrying, Transcript};

use crate::watchdog::Standing;

/// Which language an agent's output is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamKind {
    /// Claude Code's `--output-format stream-json`, and whatever speaks it.
    ClaudeStreamJson,
    /// Codex's `exec --json`.
    CodexJsonl,
    /// The reply itself, as text.
    Plain,
}

/// Reads a stream as it comes, in chunks that may end anywhere.
pub trait Dialect: Debug + Send {
    fn feed(&mut self, chunk: &[u8]);

    /// Returns what the agent is doing, as far as the output tells.
    fn standing(&self) -> Standing;

    /// Returns what came of the stream so far.
    fn so_far(&self) -> &Transcript;

    /// Takes the end of the stream, torn or not, and returns what it came to.
    fn finish(self: Box<Self>) -> Transcript;
}

impl StreamKind {
    /// Starts reading a stream.
    pub fn reader(self) -> Box<dyn Dialect> {
        match self {
            Self::ClaudeStreamJson => Box::new(ClaudeStream::default()),
            Self::CodexJsonl => Box::new(CodexStream::default()),
            Self::Plain => Box::new(Plain::default()),
        }
    }
}
