//! What people said about a plan.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::stamp::RawStamp;

/// How feedback arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FeedbackSource {
    #[serde(rename = "message")]
    Message,
    #[serde(rename = "file")]
    File,
}

impl FeedbackSource {
    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::File => "file",
        }
    }
}

/// A text that names no source.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is not a source of feedback; allowed are message and file", .0.escape_debug())]
pub struct FeedbackSourceError(pub String);

impl FromStr for FeedbackSource {
    type Err = FeedbackSourceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "message" => Ok(Self::Message),
            "file" => Ok(Self::File),
            _ => Err(FeedbackSourceError(text.to_owned())),
        }
    }
}

impl fmt::Display for FeedbackSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One piece of feedback.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Feedback {
    /// When it arrived; empty for feedback of old versions.
    pub received_at: RawStamp,
    pub source: FeedbackSource,
    pub text: String,
}
