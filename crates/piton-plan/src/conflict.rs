//! How a file that is in the way is settled.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What happens to a destination that exists and differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConflictMode {
    /// Keeps the destination.
    Skip,
    /// Replaces it.
    Overwrite,
    /// Replaces it if the source was modified later.
    Newer,
    /// Replaces it if the source is larger.
    Larger,
    /// Keeps it and writes the source beside it under a new name.
    Rename,
    /// Refuses the whole plan.
    Fail,
    /// Asks the user for each file.
    Ask,
}

/// A word that names no conflict mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a conflict mode; use one of skip, overwrite, newer, larger, rename, fail, ask", .0.escape_debug())]
pub struct UnknownConflictMode(String);

impl ConflictMode {
    pub const ALL: [Self; 7] = [
        Self::Skip,
        Self::Overwrite,
        Self::Newer,
        Self::Larger,
        Self::Rename,
        Self::Fail,
        Self::Ask,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Overwrite => "overwrite",
            Self::Newer => "newer",
            Self::Larger => "larger",
            Self::Rename => "rename",
            Self::Fail => "fail",
            Self::Ask => "ask",
        }
    }
}

impl FromStr for ConflictMode {
    type Err = UnknownConflictMode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|mode| mode.word() == text)
            .ok_or_else(|| UnknownConflictMode(text.to_owned()))
    }
}

impl fmt::Display for ConflictMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
