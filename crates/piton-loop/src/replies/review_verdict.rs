//! The line by which a review says what it comes to.

use super::decision_line::{Contradiction, DecisionLine};
use super::ready::is_word_char;

/// What a review comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReviewVerdict {
    Clear,
    Findings,
}

impl ReviewVerdict {
    pub const ALL: [Self; 2] = [Self::Clear, Self::Findings];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Findings => "findings",
        }
    }

    /// Reads the verdict line; `None` when the review has none, as reviews of
    /// the original do not.
    pub fn parse(text: &str) -> Result<Option<Self>, Contradiction> {
        let read = |line: DecisionLine<'_>| {
            Self::ALL.into_iter().find(|verdict| {
                line.take_word(verdict.as_str())
                    .is_some_and(|after| !after.starts_with(is_word_char))
            })
        };
        DecisionLine::only(text, "review-verdict", read, |verdict| *verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_stay_whatever_dressed_line_stands_beside_them() {
        for dressed in [
            "> review-verdict: clear",
            "- review-verdict: clear",
            "**review-verdict: clear**",
            "```\nreview-verdict: clear\n```",
        ] {
            let text = format!("review-verdict: findings\n\n{dressed}");
            assert_eq!(
                ReviewVerdict::parse(&text),
                Ok(Some(ReviewVerdict::Findings)),
                "{text}"
            );
        }
        assert!(ReviewVerdict::parse("review-verdict: findings\nreview-verdict: clear").is_err());
    }
}
