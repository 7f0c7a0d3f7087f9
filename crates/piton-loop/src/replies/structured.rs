//! Answers by schema, turned into the text that prose answers would have been.
//!
//! The text is what is kept and what outcomes are parsed from, so that a
//! migration reads the same whichever way its agents answer, and there is one
//! parser of outcomes and no second truth.

use std::fmt::Write as _;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The answer does not say what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    #[error("the structured answer does not fit its schema")]
    Shape(#[source] serde_json::Error),
    #[error("the structured answer leaves {field:?} empty")]
    Empty { field: &'static str },
    #[error("the answer chooses {choice:?}; the approaches are {}", .names.join(", "))]
    UnknownChoice { choice: String, names: Vec<String> },
    #[error("the answer says \"clear\" and lists {findings} findings")]
    Contradiction { findings: usize },
    #[error("the answer says \"findings\" and lists none")]
    NoFindings,
}

/// Returns the text of a choice between approaches.
pub fn pick_best(answer: &Value, names: &[&str]) -> Result<String, AnswerError> {
    #[derive(Deserialize)]
    struct Answer {
        choice: String,
        rationale: String,
    }
    let answer: Answer = read(answer)?;
    if !names.contains(&answer.choice.as_str()) {
        return Err(AnswerError::UnknownChoice {
            choice: answer.choice,
            names: names.iter().map(ToString::to_string).collect(),
        });
    }
    let rationale = present(&answer.rationale, "rationale")?;
    Ok(format!(
        "Chosen approach: {}\n\n{rationale}\n",
        answer.choice
    ))
}

/// Returns the text of a review.
pub fn review(answer: &Value) -> Result<String, AnswerError> {
    #[derive(Deserialize)]
    struct Answer {
        verdict: ReviewWord,
        summary: String,
        findings: Vec<Finding>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum ReviewWord {
        Clear,
        Findings,
    }
    #[derive(Deserialize)]
    struct Finding {
        r#where: String,
        problem: String,
        settled_by: String,
    }
    let answer: Answer = read(answer)?;
    let summary = present(&answer.summary, "summary")?;
    match (answer.verdict, answer.findings.len()) {
        (ReviewWord::Clear, 0) => Ok(format!(
            "{summary}\n\nno findings\n\nreview-verdict: clear\n"
        )),
        (ReviewWord::Clear, findings) => Err(AnswerError::Contradiction { findings }),
        (ReviewWord::Findings, 0) => Err(AnswerError::NoFindings),
        (ReviewWord::Findings, _) => {
            let mut text = format!("{summary}\n\n");
            for (number, finding) in (1..).zip(&answer.findings) {
                let problem = present(&finding.problem, "problem")?;
                let place = one_line(&finding.r#where);
                // Writing to a string cannot fail.
                let _ = write!(text, "{number}. **{place}**: {}", indented(problem));
                let settled_by = finding.settled_by.trim();
                if !settled_by.is_empty() {
                    let _ = write!(text, "\n   Settled by: {}", indented(settled_by));
                }
                text.push_str("\n\n");
            }
            text.push_str("review-verdict: findings\n");
            Ok(text)
        }
    }
}

/// Returns the text of the decision about a plan.
pub fn final_review(answer: &Value) -> Result<String, AnswerError> {
    #[derive(Deserialize)]
    struct Answer {
        decision: FinalWord,
        reason: String,
        assessment: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum FinalWord {
        ApproveAuto,
        ApproveNeedsHuman,
        Reject,
    }
    let answer: Answer = read(answer)?;
    let decision = match answer.decision {
        FinalWord::ApproveAuto => "approve-auto",
        FinalWord::ApproveNeedsHuman => "approve-needs-human",
        FinalWord::Reject => "reject",
    };
    let reason = one_line(present(&answer.reason, "reason")?);
    let assessment = answer.assessment.trim();
    Ok(format!(
        "{assessment}\n\nfinal-decision: {decision} \u{2014} {reason}\n"
    ))
}

fn read<T: DeserializeOwned>(answer: &Value) -> Result<T, AnswerError> {
    T::deserialize(answer).map_err(AnswerError::Shape)
}

fn present<'a>(text: &'a str, field: &'static str) -> Result<&'a str, AnswerError> {
    let text = text.trim();
    if text.is_empty() {
        Err(AnswerError::Empty { field })
    } else {
        Ok(text)
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Keeps a text of several lines inside its list item.
fn indented(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("\n   ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replies::schema;
    use serde_json::json;

    fn error(result: Result<String, AnswerError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_choice_must_be_one_that_was_offered() {
        let answer = json!({"choice": "facade", "rationale": "simplest"});
        assert_eq!(
            pick_best(&answer, &["facade", "rewrite"]).unwrap(),
            "Chosen approach: facade\n\nsimplest\n"
        );
        assert_eq!(
            error(pick_best(&answer, &["rewrite"])),
            "the answer chooses \"facade\"; the approaches are rewrite"
        );
    }

    #[test]
    fn a_review_that_contradicts_itself_is_refused() {
        let finding =
            json!({"where": "phase 2", "problem": "too\nlarge", "settled_by": "split it"});
        let answer = |verdict: &str, findings: &[Value]| {
            review(&json!({"verdict": verdict, "summary": "read it all", "findings": findings}))
        };
        assert_eq!(
            answer("findings", std::slice::from_ref(&finding)).unwrap(),
            "read it all\n\n1. **phase 2**: too\n   large\n   Settled by: split it\n\nreview-verdict: findings\n"
        );
        assert!(answer("clear", &[]).unwrap().contains("\nno findings\n"));
        assert_eq!(
            error(answer("clear", &[finding])),
            "the answer says \"clear\" and lists 1 findings"
        );
        assert_eq!(
            error(answer("findings", &[])),
            "the answer says \"findings\" and lists none"
        );
    }

    #[test]
    fn a_decision_ends_in_the_line_that_the_original_reads() {
        let answer = json!({"decision": "reject", "reason": "too\nrisky", "assessment": "read it"});
        assert_eq!(
            final_review(&answer).unwrap(),
            "read it\n\nfinal-decision: reject \u{2014} too risky\n"
        );
        assert_eq!(
            error(final_review(&json!({"decision": "maybe"}))),
            "the structured answer does not fit its schema"
        );
    }

    #[test]
    fn every_schema_requires_all_it_names_and_allows_nothing_else() {
        for schema in [
            schema::pick_best(&["a"]),
            schema::review(),
            schema::final_review(),
            schema::classify(),
            schema::ready(),
        ] {
            let named = schema["properties"].as_object().unwrap().len();
            assert_eq!(schema["required"].as_array().unwrap().len(), named);
            assert_eq!(schema["additionalProperties"], false);
        }
    }
}
