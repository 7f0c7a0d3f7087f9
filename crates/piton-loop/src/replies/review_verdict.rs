//! The line by which a review says what it comes to.

use super::decision_line::{DecisionLine, Undecided};
use super::markdown::{self, Line};

piton_base::words! {
    /// What a review comes to.
    #[derive(Hash)]
    pub enum ReviewVerdict: "a verdict of a review" {
        Clear = "clear",
        Findings = "findings",
    }
}

impl ReviewVerdict {
    /// Reads the verdict line; `None` when the review has none, as reviews of
    /// the original do not.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, Undecided> {
        let read = |line: DecisionLine<'_>| {
            Self::ALL.iter().copied().find(|verdict| {
                line.take_word(verdict.as_str())
                    .is_some_and(|after| verdict.may_go_on_with(after))
            })
        };
        DecisionLine::only(text, "review-verdict", read, |verdict| *verdict)
    }

    /// Whatever follows takes nothing from findings. What is clear with a word
    /// after it may be clear with an exception.
    fn may_go_on_with(self, after: &str) -> bool {
        match self {
            Self::Clear => !after.contains(char::is_alphanumeric),
            Self::Findings => !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'),
        }
    }
}

/// Tells whether a review without a verdict line says that it found nothing: on
/// a line that says nothing else, and beside no numbered finding.
pub(crate) fn finds_nothing(text: &str) -> bool {
    let said: Vec<&str> = markdown::read(text)
        .into_iter()
        .filter_map(|line| match line {
            Line::Said { line, .. } => Some(line),
            Line::Fenced { .. } | Line::Other => None,
        })
        .collect();
    said.iter().any(|line| {
        line.trim_matches(|c: char| !c.is_alphanumeric())
            .eq_ignore_ascii_case("no findings")
    }) && !said.iter().any(|line| is_numbered(line))
}

fn is_numbered(line: &str) -> bool {
    let rest = line.trim_start_matches(['*', '_', '#', ' ']);
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    after.len() < rest.len() && after.starts_with(['.', ')'])
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
        for text in [
            "review-verdict: findings\nreview-verdict: clear",
            "review-verdict: clear except for phase 2",
            "review-verdict: clear-cut, no",
            "review-verdict: not clear",
            "review-verdict: findings_2",
            "review-verdict: clear, phase 2 deletes data\n- review-verdict: clear",
        ] {
            assert!(ReviewVerdict::parse(text).is_err(), "{text}");
        }
        for text in ["review-verdict: clear.", "**review-verdict: clear**\r\n"] {
            let verdict = ReviewVerdict::parse(text);
            assert_eq!(verdict, Ok(Some(ReviewVerdict::Clear)), "{text}");
        }
    }

    #[test]
    fn nothing_is_found_only_where_a_sentence_says_no_more_than_that() {
        for text in [
            "no findings",
            "**No findings.**",
            "I read all of it.\n\n- No findings.\n\nThe plan is sound.",
            "No findings.\n\n3 phases, and all of them are sound.",
            "No findings.\n\n... and that was all of it.",
        ] {
            assert!(finds_nothing(text), "{text}");
        }
        for text in [
            "There are no findings in phase 1, but phase 2 deletes user data",
            "No findings in phase 1. Phase 2 deletes user data.",
            "No findings. But phase 2 deletes user data.",
            "No findings.\n\n1. Phase 2 deletes user data.",
            "> no findings",
            "```\nno findings\n```",
            "1. The plan promises no findings",
            "",
        ] {
            assert!(!finds_nothing(text), "{text}");
        }
    }
}
