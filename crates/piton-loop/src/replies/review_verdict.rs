//! The line by which a review says what it comes to.

use super::decision_line::{Contradiction, DecisionLine};
use super::markdown::{self, Line};
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

/// Tells whether a review without a verdict line says that it found nothing:
/// in a sentence of its own, not about a part of the plan.
pub(crate) fn finds_nothing(text: &str) -> bool {
    markdown::read(text).into_iter().any(|line| match line {
        Line::Said(line) => line.split(['.', '!', ';']).next().is_some_and(|sentence| {
            sentence
                .trim_matches(|c: char| !c.is_alphanumeric())
                .eq_ignore_ascii_case("no findings")
        }),
        Line::Fenced { .. } | Line::Other => false,
    })
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

    #[test]
    fn nothing_is_found_only_where_a_sentence_says_no_more_than_that() {
        for text in [
            "no findings",
            "**No findings.**",
            "I read all of it.\n\n- No findings. The plan is sound.",
        ] {
            assert!(finds_nothing(text), "{text}");
        }
        for text in [
            "There are no findings in phase 1, but phase 2 deletes user data",
            "No findings in phase 1. Phase 2 deletes user data.",
            "> no findings",
            "```\nno findings\n```",
            "1. The plan promises no findings",
            "",
        ] {
            assert!(!finds_nothing(text), "{text}");
        }
    }
}
