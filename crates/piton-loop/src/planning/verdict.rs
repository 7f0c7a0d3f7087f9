//! What a step's answer comes to.

use piton_agent::outcome::Reply;
use piton_migration::planning::{Decision, Step};

use super::products;
use crate::replies::structured::{self, AnswerError};
use crate::replies::{
    FinalDecision, ReviewVerdict, Undecided, chosen_approach, finds_nothing, schema,
};
use piton_migration::contents::Contents;

/// A step's answer, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The text that is kept, and that the verdict was read from.
    pub(crate) text: String,
    pub(crate) verdict: Verdict,
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
    #[error("the agent's answer is empty, and {step} needs one")]
    Blank { step: Step },
    #[error("the agent's answer cannot be used")]
    Schema(#[source] AnswerError),
    #[error(
        "the answer does not choose one of the approaches, which are {}",
        .names.join(", ")
    )]
    Choice {
        names: Vec<String>,
        source: Undecided,
    },
    #[error(transparent)]
    Undecided(#[from] Undecided),
}

/// How the answer of a step was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// As text, with a line that decides where the step decides something.
    Prose,
    /// As JSON that fits a schema.
    Schema,
}

impl Asked {
    pub(crate) fn with(schema: Option<&serde_json::Value>) -> Self {
        schema.map_or(Self::Prose, |_| Self::Schema)
    }
}

/// What an agent gave back, with how it was asked.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub reply: &'a Reply,
    pub asked: Asked,
}

/// Returns the schema that the answer of a step should be held to.
pub(crate) fn answer_schema(step: Step, contents: &Contents) -> Option<serde_json::Value> {
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

/// Reads the answer of a step. An answer by schema is preferred to prose, also
/// where nobody asked for one; where one was asked for, prose is no answer.
pub(crate) fn read_answer(
    step: Step,
    contents: &Contents,
    Given { reply, asked }: Given<'_>,
) -> Result<Answer, VerdictError> {
    let completed = |text: String| Answer {
        text,
        verdict: Verdict::Completed,
    };
    let approaches = products::approaches(contents);
    let names: Vec<&str> = approaches.iter().map(|(name, _)| name.as_str()).collect();
    if matches!(step, Step::Approaches | Step::Expand | Step::Revise) {
        return Ok(completed(reply.text.clone()));
    }
    let structured = match (&reply.structured, asked) {
        (Some(answer), _) => {
            structured::refuse_doubled(&reply.text).map_err(VerdictError::Schema)?;
            Some(answer.clone())
        }
        (None, Asked::Schema) => {
            refuse_blank(step, &reply.text)?;
            Some(structured::in_text(&reply.text).map_err(VerdictError::Schema)?)
        }
        (None, Asked::Prose) => None,
    };
    let Some(answer) = structured else {
        return read_prose(step, &reply.text, &names);
    };
    match step {
        Step::Approaches | Step::Expand | Step::Revise => Ok(completed(reply.text.clone())),
        Step::PickBest => structured::pick_best(&answer, &names).map(completed),
        Step::Review | Step::Review2 => structured::review(&answer).map(|(text, verdict)| Answer {
            text,
            verdict: verdict.into(),
        }),
        Step::FinalReview => structured::final_review(&answer).map(|(text, decided)| Answer {
            text,
            verdict: decided.into(),
        }),
    }
    .map_err(VerdictError::Schema)
}

fn read_prose(step: Step, text: &str, names: &[&str]) -> Result<Answer, VerdictError> {
    refuse_blank(step, text)?;
    let verdict = match step {
        Step::Approaches | Step::Expand | Step::Revise => Verdict::Completed,
        Step::PickBest => {
            chosen_approach(text, names).map_err(|source| VerdictError::Choice {
                names: names.iter().map(ToString::to_string).collect(),
                source,
            })?;
            Verdict::Completed
        }
        Step::Review | Step::Review2 => match ReviewVerdict::parse(text)? {
            Some(verdict) => verdict.into(),
            // Without a verdict line the words "no findings" are looked for, as
            // in reviews of the original; about a part of the plan alone they
            // make no review clear.
            None if finds_nothing(text) => Verdict::Clear,
            None => Verdict::Findings,
        },
        Step::FinalReview => FinalDecision::parse(text)?.into(),
    };
    let text = text.to_owned();
    Ok(Answer { text, verdict })
}

impl From<ReviewVerdict> for Verdict {
    fn from(verdict: ReviewVerdict) -> Self {
        match verdict {
            ReviewVerdict::Clear => Self::Clear,
            ReviewVerdict::Findings => Self::Findings,
        }
    }
}

impl From<FinalDecision> for Verdict {
    fn from(FinalDecision { decision, reason }: FinalDecision) -> Self {
        Self::Decided { decision, reason }
    }
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

    fn read_as(asked: Asked, step: Step, text: &str) -> Result<Verdict, VerdictError> {
        let reply = Reply {
            text: text.to_owned(),
            structured: None,
        };
        let given = Given {
            reply: &reply,
            asked,
        };
        read_answer(step, &Contents::default(), given).map(|answer| answer.verdict)
    }

    fn read(step: Step, text: &str) -> Result<Verdict, VerdictError> {
        read_as(Asked::Prose, step, text)
    }

    #[test]
    fn prose_is_no_answer_where_a_schema_was_asked_for() {
        let read = |step, text| read_as(Asked::Schema, step, text);
        for prose in [
            "There are no findings in phase 1, but phase 2 deletes user data",
            "no findings",
            "review-verdict: clear",
            "```json\n{\"summary\": \"s\"}\n```",
            "final-decision: approve-auto",
            "",
        ] {
            assert!(read(Step::Review, prose).is_err(), "{prose}");
            assert!(read(Step::Review2, prose).is_err(), "{prose}");
            assert!(read(Step::FinalReview, prose).is_err(), "{prose}");
        }
        let fenced = "```json\n{\"summary\": \"s\", \"findings\": []}\n```";
        assert_eq!(read(Step::Review, fenced).unwrap(), Verdict::Clear);
    }

    #[test]
    fn an_answer_that_is_also_given_as_text_in_which_a_key_comes_twice_is_none() {
        let read = |text: &str| {
            let reply = Reply {
                text: text.to_owned(),
                structured: Some(serde_json::json!({"summary": "s", "findings": []})),
            };
            let given = Given {
                reply: &reply,
                asked: Asked::Schema,
            };
            read_answer(Step::Review, &Contents::default(), given).map(|answer| answer.verdict)
        };
        assert_eq!(
            read(r#"{"summary": "s", "findings": []}"#).unwrap(),
            Verdict::Clear
        );
        let twice = r#"{"summary": "s", "findings": [{"problem": "p"}], "findings": []}"#;
        assert!(read(twice).is_err());
    }

    #[test]
    fn a_choice_that_cannot_be_used_is_told_with_the_approaches() {
        let mut contents = Contents::default();
        for name in ["facade", "rewrite"] {
            contents.put(format!("approaches/{name}.md"), b"text".to_vec());
        }
        let choose = |text: &str| {
            let reply = Reply {
                text: text.to_owned(),
                structured: None,
            };
            let given = Given {
                reply: &reply,
                asked: Asked::Prose,
            };
            read_answer(Step::PickBest, &contents, given).map(|answer| answer.verdict)
        };
        assert_eq!(
            choose("Chosen approach: facade").unwrap(),
            Verdict::Completed
        );
        for text in [
            "Chosen approach: neither",
            "Chosen approach: facade\nChosen approach: rewrite",
        ] {
            let error = choose(text).unwrap_err().to_string();
            assert!(error.ends_with("which are facade, rewrite"), "{error}");
        }
        // There are no known findings to choose from.
        let known = read(Step::PickBest, "Chosen approach: x");
        assert_eq!(known.unwrap(), Verdict::Completed);
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
