//! Which language an agent's output is in.

use serde::{Deserialize, Serialize};

use super::acp::AcpStream;
use super::claude::ClaudeStream;
use super::codex::CodexStream;
use super::plain::Plain;
use super::reading::{Dialect, Opening};

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

impl StreamKind {
    /// Whether piton answers in this language, so that the program's standard
    /// input stays open.
    pub(crate) fn converses(self) -> bool {
        match self {
            Self::Acp => true,
            Self::ClaudeStreamJson | Self::CodexJsonl | Self::Plain => false,
        }
    }

    /// Starts reading the stream of a call.
    pub(crate) fn conversation(self, opening: Opening) -> Box<dyn Dialect> {
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
