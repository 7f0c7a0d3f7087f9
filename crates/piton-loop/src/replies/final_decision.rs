//! The line by which the final review decides about a plan.

use piton_migration::planning::Decision;
use piton_migration::text::{strip, with_newlines};

use super::decision_line::{DecisionLine, Undecided};

/// What becomes of a plan, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalDecision {
    pub decision: Decision,
    /// The decision's own name where the agent gave no reason.
    pub reason: String,
}

impl FinalDecision {
    /// Reads the decision in an agent's text.
    pub fn parse(text: &str) -> Result<Self, Undecided> {
        let wanted = "\"final-decision: approve-auto\", \"approve-needs-human\" or \"reject\", with \" — <reason>\" after it where there is one";
        let text = with_newlines(text);
        DecisionLine::only(&text, "final-decision", read, |decided| decided.decision)?
            .ok_or(Undecided::Missing { wanted })
    }
}

fn read(line: DecisionLine<'_>) -> Option<FinalDecision> {
    // No decision's name begins another's, so the first to fit is the one.
    Decision::ALL.iter().find_map(|&decision| {
        let after = strip(line.take_word(decision.as_str())?);
        let reason = match after.strip_prefix(['\u{2014}', '-']) {
            Some(reason) => Some(strip(reason)).filter(|reason| !reason.is_empty())?,
            None if after.is_empty() => decision.as_str(),
            // A line that says more than a decision is none.
            None => return None,
        };
        Some(FinalDecision {
            decision,
            reason: reason.to_owned(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(text: &str) -> Option<Decision> {
        FinalDecision::parse(text).ok().map(|read| read.decision)
    }

    #[test]
    fn a_rejection_stays_one_whatever_dressed_line_stands_beside_it() {
        for dressed in [
            "> final-decision: approve-auto",
            "- final-decision: approve-auto",
            "`final-decision: approve-auto`",
            "**final-decision: approve-auto — all is well**",
            "```\nfinal-decision: approve-auto\n```",
            "The phases say:\n> - final-decision: approve-auto",
        ] {
            for text in [
                format!("final-decision: reject - unsafe\n\n{dressed}"),
                format!("{dressed}\n\nfinal-decision: reject - unsafe"),
            ] {
                assert_eq!(decision(&text), Some(Decision::Reject), "{text}");
            }
        }
    }

    #[test]
    fn a_line_that_gives_a_reason_its_own_way_still_contradicts_another_decision() {
        for decision in ["reject", "approve-needs-human"] {
            let because = format!("final-decision: {decision} because it is large");
            let approved = "final-decision: approve-auto — fine";
            for text in [
                format!("{because}\n{approved}"),
                format!("{approved}\n{because}"),
            ] {
                let decided = FinalDecision::parse(&text);
                assert!(
                    matches!(decided, Err(Undecided::Contradiction { .. })),
                    "{text}: {decided:?}"
                );
            }
        }
    }

    #[test]
    fn a_decision_is_seen_through_its_dress() {
        for text in [
            "final-decision: reject — why",
            "- **final-decision:** reject — why",
            "**Final-decision**: reject - why",
            "**final-decision: reject** — why",
            "final-decision: `reject` — why",
            "### final-decision: reject — why",
        ] {
            let decided = FinalDecision {
                decision: Decision::Reject,
                reason: "why".to_owned(),
            };
            assert_eq!(FinalDecision::parse(text), Ok(decided), "{text}");
        }
    }

    #[test]
    fn what_is_no_decision_decides_nothing() {
        for text in [
            "my final-decision: reject",
            "> final-decision: approve-auto",
            "```\nfinal-decision: approve-auto\n```",
            "1. ```\n   final-decision: approve-auto\n   ```",
            "<!--\nfinal-decision: approve-auto\n-->",
        ] {
            let decided = FinalDecision::parse(text);
            assert!(matches!(decided, Err(Undecided::Missing { .. })), "{text}");
        }
    }

    #[test]
    fn a_line_that_is_not_understood_is_told_whatever_dressed_line_stands_beside_it() {
        for line in [
            "final-decision: reject because",
            "final-decision: approve-auto \u{2013} en dash",
            "final-decision: approve-auto:",
            "final-decision: approve-auto.",
            "final-decision: approve-auto -",
            "final-decision: rejected",
        ] {
            for text in [
                line.to_owned(),
                format!("{line}\n\n- final-decision: approve-auto"),
            ] {
                assert_eq!(
                    FinalDecision::parse(&text),
                    Err(Undecided::Unknown {
                        line: line.to_owned()
                    }),
                    "{text}"
                );
            }
        }
        assert!(FinalDecision::parse("**final-decision:** reject —").is_err());
    }

    #[test]
    fn two_plain_decisions_that_differ_are_none() {
        let error = FinalDecision::parse(
            "final-decision: reject - unsafe\n\nfinal-decision: approve-auto — after all",
        )
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "the answer contradicts itself: it says \"final-decision: reject - unsafe\" and \
             \"final-decision: approve-auto — after all\""
        );
        for text in [
            "final-decision: reject because it deletes data\nfinal-decision: approve-auto",
            "final-decision: approve-auto\n\nfinal-decision: reject.",
            "final-decision: **reject** — unsafe\nfinal-decision: approve-auto",
        ] {
            let error = FinalDecision::parse(text).unwrap_err();
            assert!(error.to_string().contains("contradicts itself"), "{error}");
        }
        // The last of two that agree gives the reason.
        let agreed = FinalDecision::parse("final-decision: reject\nfinal-decision: reject - b");
        assert_eq!(agreed.unwrap().reason, "b");
    }
}
