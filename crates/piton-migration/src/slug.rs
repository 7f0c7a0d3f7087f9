//! The name of a migration: one safe component of a path.

use std::str::FromStr;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::json::surrogate::carries_half;
use piton_base::text::dashed;

/// How much of a description a derived slug keeps.
const MAX_PREFIX: usize = 40;

/// How many words make a short slug.
const WORDS: usize = 5;

/// The name of a migration and of its directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

impl Slug {
    /// Derives the slug of a new migration from what it is about and the
    /// local time of its creation.
    pub fn derive(description: &str, local_time: DateTime) -> Self {
        Self(format!(
            "{}-{}",
            prefix(description),
            local_time.strftime("%Y%m%dT%H%M%S")
        ))
    }

    /// Returns a name that is short enough to type: the first few words of what
    /// it is about.
    pub fn short(description: &str) -> Self {
        let mut short = String::new();
        for word in dashed(description)
            .trim_end_matches('-')
            .split('-')
            .take(WORDS)
        {
            if !short.is_empty() && short.len() + 1 + word.len() > MAX_PREFIX {
                break;
            }
            if !short.is_empty() {
                short.push('-');
            }
            short.push_str(word);
        }
        short.truncate(MAX_PREFIX);
        Self(if short.is_empty() {
            "migration".to_owned()
        } else {
            short
        })
    }

    /// Whether a disk that takes upper and lower case for the same would take
    /// both names for one.
    pub fn is_alike(&self, other: &Self) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }

    /// Returns the same name with a number behind it.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        Self(format!("{}-{number}", self.0))
    }
}

/// Reduces a description to the readable part of a slug. Cutting it short may
/// leave a `-` at the end, as it does in the original.
pub fn prefix(description: &str) -> String {
    let words = dashed(description);
    let trimmed = words.trim_end_matches('-');
    let kept = &trimmed[..trimmed.len().min(MAX_PREFIX)];
    if kept.is_empty() { "migration" } else { kept }.to_owned()
}

/// Why a text is no slug.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is not a slug: {problem}", .text.escape_debug())]
pub struct SlugError {
    pub text: String,
    pub problem: SlugProblem,
}

/// What is wrong with a text that should be a slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SlugProblem {
    #[error("it is empty")]
    Empty,
    #[error("it holds a path separator, and a slug is a single name")]
    Separator,
    #[error("names that start with `.` are hidden")]
    Hidden,
    #[error("names that start with `__` are internal")]
    Internal,
    #[error("it holds a character that no file name can hold")]
    Unwritable,
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match problem(text) {
            None => Ok(Self(text.to_owned())),
            Some(problem) => Err(SlugError {
                text: text.to_owned(),
                problem,
            }),
        }
    }
}

fn problem(text: &str) -> Option<SlugProblem> {
    if text.is_empty() {
        Some(SlugProblem::Empty)
    } else if text.contains(['/', '\\']) {
        Some(SlugProblem::Separator)
    } else if text.starts_with('.') {
        Some(SlugProblem::Hidden)
    } else if text.starts_with("__") {
        Some(SlugProblem::Internal)
    } else if text.contains('\0') || carries_half(text) {
        Some(SlugProblem::Unwritable)
    } else {
        None
    }
}

piton_base::through_text!(Slug);

impl AsRef<str> for Slug {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

piton_base::holds_text!(Slug);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_one_visible_name() {
        for good in ["a", "_x", "a.b", "a-", "\u{e9}", " good", "a b"] {
            assert_eq!(good.parse::<Slug>().expect(good).as_str(), good);
        }
        for (bad, why) in [
            ("", SlugProblem::Empty),
            ("a/b", SlugProblem::Separator),
            ("a\\b", SlugProblem::Separator),
            ("..", SlugProblem::Hidden),
            (".x", SlugProblem::Hidden),
            ("__transactions__", SlugProblem::Internal),
            ("a\0", SlugProblem::Unwritable),
        ] {
            assert_eq!(bad.parse::<Slug>().expect_err(bad).problem, why);
        }
    }

    #[test]
    fn a_derived_slug_ends_in_the_local_time() {
        let time = jiff::civil::datetime(2026, 4, 15, 22, 49, 51, 0);
        assert_eq!(
            Slug::derive("src/CLI.py", time).as_str(),
            "src-cli-py-20260415T224951"
        );
        assert_eq!(
            Slug::derive("\u{e9}!", time).as_str(),
            "migration-20260415T224951"
        );
    }

    #[test]
    fn a_short_slug_is_the_first_words_as_far_as_they_are_short() {
        let long = "a".repeat(45);
        for (description, short) in [
            ("Split the parser!", "split-the-parser"),
            ("one two three four five six", "one-two-three-four-five"),
            (long.as_str(), &long[..40]),
            // 20, a dash and 19 more are just short enough.
            (
                "12345678901234567890 1234567890123456789 x",
                "12345678901234567890-1234567890123456789",
            ),
            (
                "12345678901234567890 12345678901234567890",
                "12345678901234567890",
            ),
            ("\u{e9}!", "migration"),
        ] {
            assert_eq!(Slug::short(description).as_str(), short, "{description}");
        }
    }

    #[test]
    fn a_slug_is_checked_when_it_is_deserialised() {
        assert!(serde_json::from_str::<Slug>("\"../x\"").is_err());
        assert!(serde_json::from_str::<Slug>("\"x\"").is_ok());
    }
}
