//! The name of a commit.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The full object name of a commit: 40 hex digits, or 64 in a SHA-256 repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommitId(String);

impl CommitId {
    /// Returns the first ten digits, enough for people.
    pub fn short(&self) -> &str {
        &self.0[..10]
    }
}

/// A text that is not the full name of a commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a commit id; expected 40 or 64 lower-case hex digits")]
pub struct InvalidCommitId(String);

impl FromStr for CommitId {
    type Err = InvalidCommitId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex && matches!(text.len(), 40 | 64) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCommitId(text.to_owned()))
        }
    }
}

piton_base::through_text!(CommitId);
piton_base::holds_text!(CommitId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_lower_case_hex_names_a_commit() {
        let full = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(full.parse::<CommitId>().unwrap().short(), "0123456789");
        for wrong in [
            "",
            "HEAD",
            &full[1..],
            &full.to_uppercase(),
            "--output=/etc/passwd",
        ] {
            assert!(wrong.parse::<CommitId>().is_err(), "{wrong}");
        }
    }
}
