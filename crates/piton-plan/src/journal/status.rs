//! How far a plan has come, as its journal says.

use jiff::Timestamp;

/// How far a plan has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The run was cut off, or is still going on in another process.
    Stopped,
    /// The run came to its end and left something undone.
    Incomplete {
        failed: usize,
        left: usize,
    },
    /// The run came to its end, and what failed is decided again by its command.
    Failed,
    Finished,
}

impl Status {
    /// Whether there is something to go on with.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Stopped | Self::Incomplete { .. } => true,
            Self::Failed | Self::Finished => false,
        }
    }
}

/// What a list shows of a journal that could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    pub command: String,
    pub at: Timestamp,
    pub actions: usize,
    pub settled: usize,
    pub status: Status,
}
