//! What a step's answer comes to.

use piton_agent::outcome::Reply;
use piton_migration::planning::{self, Decision, NoDecision, Step};
use piton_migration::text::strip;

use super::contents::Contents;
use super::products;
use crate::replies::structured::{self, AnswerError};
use crate::replies::{DecisionLine, ReviewVerdict, schema};

/// A step's answer, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The text that is kept, and that the verdict was read from.
    pub text: String,
    pub verdict: Verdict,
}

/// What a step comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Completed,
    Clear,
    Findings,
    Decided { decision: Decision, reason: String },
}

/// An answer that cannot be accepted.
#[derive(Debug, thiserror::Error)]
pub enum VerdictError {
    #[error("the agent's answer is empty, and {step} is all about its answer")]
    Blank { step: Step },
    #[error("understand the answer by schema")]
    Schema(#[source] AnswerError),
    #[error("understand the decision")]
    NoDecision(#[source] NoDecision),
}

/// Returns the schema that the answer of a step should be held to.
pub fn answer_schema(step: Step, contents: &Contents) -> Option<serde_json::Value> {
    match step {
        Step::PickBest => {
            let approaches = products::approaches(contents);
            let names: Vec<&str> = approaches.iter().map(|(name, _)| name.as_str()).collect();
            Some(schema::pick_best(&names))
        }
        Step::Review | Step::Review2 => Some(schema::review()),
        Step::FinalReview => Some(schema::final_review()),
        Step::Approaches | Step::Expand | Step::Revise => None,
    }
}

/// Reads the answer of a step. An answer by schema is preferred to prose.
pub fn read_answer(step: Step, contents: &Contents, reply: &Reply) -> Result<Answer, VerdictError> {
    let text = text_of(step, contents, reply)?;
    let verdict = match step {
        Step::Approaches | Step::Expand | Step::Revise => Verdict::Completed,
        Step::PickBest => {
            refuse_blank(step, &text)?;
            Verdict::Completed
        }
        Step::Review | Step::Review2 => {
            refuse_blank(step, &text)?;
            // Reviews of the original end in no verdict line: there, the words
            // "no findings" anywhere make a review clear.
            match ReviewVerdict::parse(&text) {
                Some(ReviewVerdict::Clear) => Verdict::Clear,
                Some(ReviewVerdict::Findings) => Verdict::Findings,
                None => match planning::review(&text) {
                    planning::Review::Clear => Verdict::Clear,
                    planning::Review::Findings => Verdict::Findings,
                },
            }
        }
        Step::FinalReview => {
            refuse_blank(step, &text)?;
            let (decision, reason) = match planning::final_review(&text) {
                Ok(read) => (read.decision, read.reason),
                Err(error) => dressed_decision(&text).ok_or(VerdictError::NoDecision(error))?,
            };
            Verdict::Decided { decision, reason }
        }
    };
    Ok(Answer { text, verdict })
}

fn text_of(step: Step, contents: &Contents, reply: &Reply) -> Result<String, VerdictError> {
    let Some(answer) = &reply.structured else {
        return Ok(reply.text.clone());
    };
    match step {
        Step::PickBest => {
            let approaches = products::approaches(contents);
            let names: Vec<&str> = approaches.iter().map(|(name, _)| name.as_str()).collect();
            structured::pick_best(answer, &names)
        }
        Step::Review | Step::Review2 => structured::review(answer),
        Step::FinalReview => structured::final_review(answer),
        Step::Approaches | Step::Expand | Step::Revise => Ok(reply.text.clone()),
    }
    .map_err(VerdictError::Schema)
}

/// Reads decision lines with marks between their words, which agents write:
/// `**final-decision:** reject — reason`.
fn dressed_decision(text: &str) -> Option<(Decision, String)> {
    DecisionLine::last(text, "final-decision", |line| {
        Decision::ALL.into_iter().find_map(|decision| {
            let after = strip(line.take_word(decision.as_str())?);
            let reason = match after.strip_prefix(['\u{2014}', '-']) {
                Some(reason) => Some(strip(reason)).filter(|reason| !reason.is_empty())?,
                None if after.is_empty() => decision.as_str(),
                None => return None,
            };
            Some((decision, reason.to_owned()))
        })
    })
}

fn refuse_blank(step: Step, text: &str) -> Result<(), VerdictError> {
    if text.trim().is_empty() {
        Err(VerdictError::Blank { step })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(step: Step, text: &str) -> Result<Verdict, VerdictError> {
        let reply = Reply {
            text: text.to_owned(),
            structured: None,
        };
        read_answer(step, &Contents::default(), &reply).map(|answer| answer.verdict)
    }

    #[test]
    fn decisions_are_seen_through_their_dress() {
        for text in [
            "final-decision: reject — why",
            "- **final-decision:** reject — why",
            "**Final-decision**: reject - why",
            "**final-decision: reject** — why",
            "final-decision: `reject` — why",
            "### final-decision: reject — why",
        ] {
            let decided = Verdict::Decided {
                decision: Decision::Reject,
                reason: "why".to_owned(),
            };
            assert_eq!(read(Step::FinalReview, text).unwrap(), decided, "{text}");
        }
        for text in [
            "final-decision: reject because",
            "**final-decision:** reject —",
            "my final-decision: reject",
        ] {
            assert!(read(Step::FinalReview, text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_verdict_line_of_a_review_outweighs_its_words() {
        let text = "no findings in phase 2\n1. phase 3 is broken\n\nreview-verdict: findings";
        assert_eq!(read(Step::Review, text).unwrap(), Verdict::Findings);
        let text = "1. (settled)\n\n**review-verdict: clear**";
        assert_eq!(read(Step::Review2, text).unwrap(), Verdict::Clear);
        assert_eq!(read(Step::Review, "No findings.").unwrap(), Verdict::Clear);
        assert_eq!(read(Step::Review, "none").unwrap(), Verdict::Findings);
        assert!(read(Step::Review, " \n").is_err());
    }
}
