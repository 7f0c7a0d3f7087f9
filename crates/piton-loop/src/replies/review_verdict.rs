//! The line by which a review says what it comes to.

use super::decision_line::DecisionLine;
use super::ready::is_word_char;

/// What a review comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewVerdict {
    Clear,
    Findings,
}

impl ReviewVerdict {
    /// Reads the last verdict line; `None` when the review has none, as
    /// reviews of the original do not.
    pub fn parse(text: &str) -> Option<Self> {
        DecisionLine::last(text, "review-verdict", |line| {
            [("clear", Self::Clear), ("findings", Self::Findings)]
                .into_iter()
                .find_map(|(word, verdict)| {
                    let after = line.take_word(word)?;
                    (!after.starts_with(is_word_char)).then_some(verdict)
                })
        })
    }
}
