//! The languages in which agents tell what they do.

mod acp;
mod claude;
mod codex;
mod json;
mod lines;
mod partial;
mod plain;
mod transcript;

use std::fmt::Debug;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use acp::AcpStream;
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
    /// The Agent Client Protocol, in which piton answers.
    Acp,
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

    /// Returns what is to be told to the agent now, in a language that is a
    /// conversation.
    fn answers(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// Takes the end of the stream, torn or not, and returns what it came to.
    fn finish(self: Box<Self>) -> Transcript;
}

/// What a conversation needs to know of its call.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    pub prompt: String,
    pub directory: PathBuf,
    /// Where the agent may write.
    pub writable: Vec<PathBuf>,
    /// Whether a seal holds it to that.
    pub sealed: bool,
}

impl StreamKind {
    /// Whether piton answers in this language, so that the program's standard
    /// input stays open.
    pub fn converses(self) -> bool {
        match self {
            Self::Acp => true,
            Self::ClaudeStreamJson | Self::CodexJsonl | Self::Plain => false,
        }
    }

    /// Starts reading the stream of a call.
    pub fn conversation(self, opening: Opening) -> Box<dyn Dialect> {
        match self {
            Self::Acp => Box::new(AcpStream::new(opening)),
            Self::ClaudeStreamJson | Self::CodexJsonl | Self::Plain => self.reader(),
        }
    }

    /// Starts reading a stream.
    pub fn reader(self) -> Box<dyn Dialect> {
        match self {
            Self::ClaudeStreamJson => Box::new(ClaudeStream::default()),
            Self::CodexJsonl => Box::new(CodexStream::default()),
            Self::Acp => Box::new(AcpStream::new(Opening::default())),
            Self::Plain => Box::new(Plain::default()),
        }
    }
}
