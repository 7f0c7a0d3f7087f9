//! How runs and their steps stand, in GitHub's words.

use std::fmt;

use serde::Deserialize;

piton_base::words! {
    /// How far a run is.
    pub enum Stage: "a stage of a run" {
        InProgress = "in_progress",
        Completed = "completed",
    }
}

piton_base::words! {
    /// How a run or a step ended.
    pub enum Conclusion: "a conclusion" {
        Success = "success",
        Skipped = "skipped",
        Cancelled = "cancelled",
    }
}

/// A word of GitHub's. One by which nothing is decided is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Said<W> {
    Known(W),
    Other(String),
}

impl<W: std::str::FromStr> From<&str> for Said<W> {
    fn from(word: &str) -> Self {
        word.parse()
            .map_or_else(|_| Self::Other(word.to_owned()), Self::Known)
    }
}

impl<W: fmt::Display> fmt::Display for Said<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(word) => word.fmt(f),
            Self::Other(word) => f.write_str(word),
        }
    }
}

/// How a run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Ended(Said<Conclusion>),
    Going(Said<Stage>),
    /// GitHub did not tell.
    Unknown,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(how) => how.fmt(f),
            Self::Going(stage) => stage.fmt(f),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_not_known_is_kept_as_it_came() {
        let read = |text: &str| serde_json::from_str::<Said<Conclusion>>(text).unwrap();
        assert_eq!(read("\"success\""), Said::Known(Conclusion::Success));
        let other = read("\"startup_failure\"");
        assert_eq!(other, Said::Other("startup_failure".to_owned()));
        assert_eq!(other.to_string(), "startup_failure");
    }
}
