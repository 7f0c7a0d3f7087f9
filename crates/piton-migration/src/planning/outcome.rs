//! Reading an agent's text for its verdict.

use thiserror::Error;

use super::step::Decision;
use crate::text::{is_space, lines, strip, strip_word, with_newlines};

/// What a review came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    Clear,
    Findings,
}

/// Reads a review. It is clear when it says "no findings" on one line, or
/// nothing at all; whether saying nothing is acceptable is the caller's to
/// decide, before asking here.
pub fn review(stdout: &str) -> Review {
    let mut blank = true;
    for line in lines(stdout) {
        if line.to_lowercase().contains("no findings") {
            return Review::Clear;
        }
        blank &= strip(line).is_empty();
    }
    if blank {
        Review::Clear
    } else {
        Review::Findings
    }
}

/// What a final review came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalReview {
    pub decision: Decision,
    /// Why; the decision's own name where the agent gave no reason.
    pub reason: String,
}

/// The agent did not decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the output holds no line `final-decision: approve-auto`, `approve-needs-human` or `reject`, with ` — reason` after it where there is one"
)]
pub struct NoDecision;

/// Reads a final review: the last line that is a decision counts.
///
/// Agents write Markdown, so a bullet before the line and bold or code marks
/// around it do not hide it.
pub fn final_review(stdout: &str) -> Result<FinalReview, NoDecision> {
    let text = with_newlines(stdout);
    let lines: Vec<_> = lines(&text).collect();
    lines
        .iter()
        .rev()
        .find_map(|line| decision(strip(line)).or_else(|| decision(undecorated(line)?)))
        .ok_or(NoDecision)
}

fn decision(line: &str) -> Option<FinalReview> {
    let rest = strip_word(line, "final-decision:")?.trim_start_matches(is_space);
    // No decision's name begins another's, so the first to fit is the one.
    Decision::ALL.into_iter().find_map(|decision| {
        let rest = strip_word(rest, decision.as_str())?;
        if rest.is_empty() {
            return Some(FinalReview {
                decision,
                reason: decision.to_string(),
            });
        }
        let reason = rest
            .trim_start_matches(is_space)
            .strip_prefix(['\u{2014}', '-'])
            .map(strip)?;
        (!reason.is_empty()).then(|| FinalReview {
            decision,
            reason: reason.to_owned(),
        })
    })
}

/// Takes a list bullet and emphasis off a line that begins with one of them.
fn undecorated(line: &str) -> Option<&str> {
    let line = strip(line);
    if !line.starts_with(['-', '*', '+', '>', '_', '`']) {
        return None;
    }
    let unbulleted = ["- ", "* ", "+ ", "> "]
        .into_iter()
        .find_map(|bullet| line.strip_prefix(bullet))
        .unwrap_or(line);
    Some(strip(unbulleted).trim_matches(['*', '_', '`']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(stdout: &str) -> Option<String> {
        final_review(stdout).ok().map(|review| review.reason)
    }

    #[test]
    fn the_last_decision_counts() {
        let stdout = "final-decision: reject - no\nfinal-decision: approve-auto \u{2014} yes\nbye";
        assert_eq!(
            final_review(stdout),
            Ok(FinalReview {
                decision: Decision::ApproveAuto,
                reason: "yes".to_owned()
            })
        );
    }

    #[test]
    fn a_line_that_says_more_than_a_decision_is_none() {
        for text in [
            "final-decision: approve-auto because",
            "final-decision: approve-auto \u{2013} en dash",
            "final-decision: approve-auto:",
            "final-decision: approve-auto -",
            "final-decision: approve",
            "the final-decision: reject",
        ] {
            assert_eq!(reason(text), None, "{text}");
        }
    }

    #[test]
    fn markdown_around_a_decision_does_not_hide_it() {
        assert_eq!(reason("- final-decision: reject - x").as_deref(), Some("x"));
        assert_eq!(
            reason("**Final-Decision: Reject \u{2014} x**").as_deref(),
            Some("x")
        );
        assert_eq!(reason("`final-decision:reject`").as_deref(), Some("reject"));
    }

    #[test]
    fn a_review_is_clear_only_when_it_says_so_or_nothing() {
        assert_eq!(review("1. x\nNo Findings here"), Review::Clear);
        assert_eq!(review(" \n\t"), Review::Clear);
        assert_eq!(review("none"), Review::Findings);
        assert_eq!(review("no\u{2028}findings"), Review::Findings);
    }
}
