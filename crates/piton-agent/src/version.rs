//! Version numbers of agent programs.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Numbers with dots between them. `2.1` and `2.1.0` are the same version.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(Vec<u64>);

/// Text that is no version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not a version; it is numbers with dots between, such as 2.1.197")]
pub struct NotAVersion(pub String);

impl Version {
    /// Finds the first version in what a program prints when asked for it, such
    /// as `codex-cli 0.169.0` or `2.1.329 (Claude Code)`.
    pub(crate) fn find(text: &str) -> Option<Self> {
        text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
            .map(|word| word.trim_matches('.'))
            .filter(|word| word.contains('.'))
            .find_map(|word| word.parse().ok())
    }

    /// Tells whether this is between two versions, both included.
    pub(crate) fn within(&self, from: Option<&Self>, to: Option<&Self>) -> bool {
        from.is_none_or(|from| from <= self) && to.is_none_or(|to| self <= to)
    }
}

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let numbers: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
        numbers.map(Self).map_err(|_| NotAVersion(text.to_owned()))
    }
}

piton_base::through_text!(Version);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<_> = self.0.iter().map(u64::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.0.len().max(other.0.len());
        let padded = |version: &Self| {
            let mut numbers = version.0.clone();
            numbers.resize(length, 0);
            numbers
        };
        padded(self).cmp(&padded(other))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_programs_print() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                Version::find(text)
                    .map(|version| version.to_string())
                    .as_deref(),
                expected
            );
        };
        check("2.1.329 (Claude Code)\n", Some("2.1.329"));
        check("codex-cli 0.169.0", Some("0.169.0"));
        check("v18.20.", Some("18.20"));
        check("aider 0.86.1.dev+less", Some("0.86.1"));
        check("no number", None);
        check("99999999999999999999999.1", None);
    }

    #[test]
    fn versions_compare_by_number_and_missing_numbers_are_zero() {
        let version = |text: &str| text.parse::<Version>().unwrap();
        assert!(version("2.1.9") < version("2.1.197"));
        assert_eq!(version("2.1"), version("2.1.0"));
        assert!(version("2.1.200").within(Some(&version("2.1.197")), Some(&version("2.1.329"))));
        assert!(!version("3").within(None, Some(&version("2.1.329"))));
        assert!("2..1".parse::<Version>().is_err());
    }
}
