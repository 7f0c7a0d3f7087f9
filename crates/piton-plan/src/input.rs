//! What only the user can say, asked before anything changes.

use serde::{Deserialize, Serialize};

use crate::id::ActionId;
use crate::secret::SecretText;

/// What has to be asked before an action can be performed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub question: String,
    /// The flag that answers it without asking, such as `--force`.
    pub flag: String,
    pub kind: InputKind,
    /// What happens where nobody can be asked.
    pub otherwise: Otherwise,
}

/// The kind of answer that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputKind {
    /// Yes or no; answers for all later ones with the same flag are possible.
    Confirm,
    Text,
    /// One of these words; nothing leaves the target as it is.
    Choice(Vec<String>),
    /// A text that is not shown and never written down.
    Secret,
}

/// What happens to an action that needs input where nobody can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    Fail,
    Skip,
}

/// Asks the user; the terminal lives behind it.
pub trait Ask {
    fn ask(&mut self, action: &ActionId, input: &Input) -> Result<Reply, AskError>;
}

/// What the user said to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    Yes,
    No,
    /// Yes to this one and to all later ones with the same flag.
    All,
    /// No to this one and to all later ones with the same flag.
    SkipAll,
    Text(String),
    Secret(SecretText),
}

impl Reply {
    /// Reads a line typed at a yes-or-no question; anything else than the
    /// words it knows is to be asked again.
    pub fn from_line(line: &str) -> Option<Self> {
        match line.trim().to_ascii_lowercase().as_str() {
            "" | "n" | "no" => Some(Self::No),
            "y" | "yes" => Some(Self::Yes),
            "a" | "all" | "all yes" => Some(Self::All),
            "s" | "skip all" => Some(Self::SkipAll),
            _ => None,
        }
    }

    /// Returns what the action is performed with, if it is.
    pub(crate) fn answer(self) -> Option<Answer> {
        match self {
            Self::Yes | Self::All => Some(Answer::Yes),
            Self::Text(text) => Some(Answer::Text(text)),
            Self::Secret(text) => Some(Answer::Secret(text)),
            Self::No | Self::SkipAll => None,
        }
    }
}

/// An answer that an action is performed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    Text(String),
    Secret(SecretText),
}

/// Why the user could not be asked after all.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("nobody answered the question")]
    Interrupted,
    #[error("cannot read the answer")]
    Io(#[from] std::io::Error),
}
