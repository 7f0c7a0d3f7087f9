//! Answers by schema, turned into the text that prose answers would have been.
//!
//! The text is what is kept, so that a migration reads the same whichever way
//! its agents answer. What the answer comes to is taken from its fields, never
//! read back from the text: the prose in it may quote anything.

use std::fmt::Write as _;

use piton_agent::distinct;
use piton_migration::planning::Decision;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::{FinalDecision, ReviewVerdict, markdown};

/// The answer does not say what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    #[error("it was asked for JSON and is prose")]
    NoJson,
    #[error("it does not fit its schema")]
    Shape(#[source] serde_json::Error),
    #[error("it gives {key:?} twice")]
    Twice { key: String },
    #[error("it leaves {field:?} empty")]
    Empty { field: &'static str },
    #[error("it chooses {choice:?}; the approaches are {}", .names.join(", "))]
    UnknownChoice { choice: String, names: Vec<String> },
}

piton_base::words! {
    /// How grave a finding is.
    #[derive(Hash)]
    pub(crate) enum Severity: "a severity of a finding" {
        /// An agent that carries the plan out will fail or do harm.
        Blocker = "blocker",
        /// The plan must be changed before it is carried out.
        Major = "major",
        /// Worth a word; the plan may stay as it is.
        Nit = "nit",
    }
}

/// Finds the JSON in a text that should hold nothing else: as it is, or in the
/// one fence that holds an object.
pub fn in_text(text: &str) -> Result<Value, AnswerError> {
    let object = |text: &str| match distinct::parse(text) {
        Ok(Ok(value)) => value.is_object().then_some(Ok(value)),
        Ok(Err(key)) => Some(Err(AnswerError::Twice { key })),
        Err(_) => None,
    };
    if let Some(found) = object(text.trim()) {
        return found;
    }
    let mut objects = markdown::fenced(text)
        .into_iter()
        .filter_map(|block| object(&block));
    match (objects.next(), objects.next()) {
        (Some(only), None) => only,
        // Which of several counts is nobody's to guess.
        (None | Some(_), _) => Err(AnswerError::NoJson),
    }
}

/// Refuses a text that is JSON in which a key comes twice: some agents give
/// their answer as text too, and whoever read that took one of the two.
pub(crate) fn refuse_doubled(text: &str) -> Result<(), AnswerError> {
    match in_text(text) {
        Err(error @ AnswerError::Twice { .. }) => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Returns the text of a choice between approaches.
pub(crate) fn pick_best(answer: &Value, names: &[&str]) -> Result<String, AnswerError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Answer {
        choice: String,
        #[serde(alias = "rationale")]
        because: String,
    }
    let answer: Answer = read(answer)?;
    if !names.contains(&answer.choice.as_str()) {
        return Err(AnswerError::UnknownChoice {
            choice: answer.choice,
            names: names.iter().map(ToString::to_string).collect(),
        });
    }
    let because = present(&answer.because, "because")?;
    Ok(format!("{because}\n\nChosen approach: {}\n", answer.choice))
}

/// Returns the text of a review with its verdict. It has findings when one of
/// them is more than a nit.
pub fn review(answer: &Value) -> Result<(String, ReviewVerdict), AnswerError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Answer {
        summary: String,
        findings: Vec<Finding>,
        // Asked for once. It counts for nothing: the findings decide.
        #[serde(default, rename = "verdict")]
        _verdict: IgnoredAny,
    }
    let answer: Answer = read(answer)?;
    let summary = present(&answer.summary, "summary")?;
    for finding in &answer.findings {
        present(&finding.problem, "problem")?;
    }
    let (nits, findings): (Vec<_>, Vec<_>) = answer.findings.iter().partition(|one| one.is_nit());
    let mut text = format!("{summary}\n\n");
    for (number, finding) in (1..).zip(&findings) {
        text.push_str(&finding.item(&format!("{number}. ")));
    }
    if findings.is_empty() {
        text.push_str("no findings\n\n");
    }
    if !nits.is_empty() {
        text.push_str("Nits, which need no change:\n\n");
        for nit in nits {
            text.push_str(&nit.item("- "));
        }
    }
    let verdict = if findings.is_empty() {
        ReviewVerdict::Clear
    } else {
        ReviewVerdict::Findings
    };
    let _ = writeln!(text, "review-verdict: {verdict}");
    Ok((text, verdict))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finding {
    r#where: String,
    problem: String,
    settled_by: String,
    severity: Severity,
}

impl Finding {
    fn is_nit(&self) -> bool {
        match self.severity {
            Severity::Nit => true,
            Severity::Blocker | Severity::Major => false,
        }
    }

    fn item(&self, bullet: &str) -> String {
        let place = one_line(&self.r#where);
        let severity = match self.severity {
            severity @ (Severity::Blocker | Severity::Major) => {
                format!(" ({severity})")
            }
            Severity::Nit => String::new(),
        };
        let problem = indented(self.problem.trim());
        let mut item = format!("{bullet}**{place}**{severity}: {problem}");
        let settled_by = self.settled_by.trim();
        if !settled_by.is_empty() {
            let _ = write!(item, "\n   Settled by: {}", indented(settled_by));
        }
        item.push_str("\n\n");
        item
    }
}

/// Returns the text of the decision about a plan, with the decision.
pub(crate) fn final_review(answer: &Value) -> Result<(String, FinalDecision), AnswerError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Answer {
        decision: Decision,
        reason: String,
        assessment: String,
    }
    let answer: Answer = read(answer)?;
    let decision = answer.decision;
    let reason = one_line(present(&answer.reason, "reason")?);
    let assessment = answer.assessment.trim();
    let text = format!("{assessment}\n\nfinal-decision: {decision} \u{2014} {reason}\n");
    Ok((text, FinalDecision { decision, reason }))
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

    fn error<T: std::fmt::Debug>(result: Result<T, AnswerError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_choice_must_be_one_that_was_offered() {
        let answer = json!({"choice": "facade", "because": "simplest"});
        assert_eq!(
            pick_best(&answer, &["facade", "rewrite"]).unwrap(),
            "simplest\n\nChosen approach: facade\n"
        );
        assert_eq!(
            error(pick_best(&answer, &["rewrite"])),
            "it chooses \"facade\"; the approaches are rewrite"
        );
    }

    fn finding(severity: &str, problem: &str) -> Value {
        json!({"where": "phase 2", "problem": problem, "settled_by": "split it", "severity": severity})
    }

    fn reviewed(findings: &[Value]) -> String {
        let (text, verdict) =
            review(&json!({"summary": "read it all", "findings": findings})).unwrap();
        assert_eq!(ReviewVerdict::parse(&text), Ok(Some(verdict)));
        text
    }

    #[test]
    fn the_findings_alone_decide_about_a_review() {
        assert_eq!(
            reviewed(&[finding("major", "too\nlarge")]),
            "read it all\n\n1. **phase 2** (major): too\n   large\n   Settled by: split it\n\nreview-verdict: findings\n"
        );
        assert_eq!(
            reviewed(&[]),
            "read it all\n\nno findings\n\nreview-verdict: clear\n"
        );
        // A verdict beside them counts for nothing.
        let answer = json!({
            "verdict": "clear", "summary": "s",
            "findings": [finding("major", "b")],
        });
        assert_eq!(review(&answer).unwrap().1, ReviewVerdict::Findings);
    }

    #[test]
    fn what_does_not_fit_its_schema_is_refused() {
        let mut lacking = finding("major", "b");
        lacking.as_object_mut().unwrap().remove("severity");
        let mut more = finding("major", "b");
        more["note"] = "mind phase 2".into();
        for answer in [
            json!({"summary": "s"}),
            json!({"findings": []}),
            json!({"summary": "s", "findings": null}),
            json!({"summary": "s", "findings": {}}),
            json!({"summary": "s", "findings": "none"}),
            json!({"summary": 1, "findings": []}),
            json!({"summary": "", "findings": []}),
            json!({"summary": "s", "findings": [], "note": "phase 2 deletes data"}),
            json!({"summary": "s", "findings": [lacking]}),
            json!({"summary": "s", "findings": [more]}),
            json!({"summary": "s", "findings": [finding("grave", "b")]}),
            json!({"summary": "s", "findings": [finding("nit", " ")]}),
            json!([]),
            json!({}),
        ] {
            assert!(review(&answer).is_err(), "{answer}");
        }
        let chosen = json!({"choice": "a", "because": "b", "also": "c"});
        assert!(pick_best(&chosen, &["a"]).is_err());
        let decided = json!({"decision": "approve-auto", "reason": "r", "assessment": "a"});
        assert!(final_review(&decided).is_ok());
        for (field, value) in [
            ("but", json!("no")),
            ("reason", json!(null)),
            ("decision", json!(["reject"])),
        ] {
            let mut answer = decided.clone();
            answer[field] = value;
            assert!(final_review(&answer).is_err(), "{answer}");
        }
    }

    #[test]
    fn a_key_that_comes_twice_is_refused() {
        for text in [
            r#"{"summary": "s", "findings": [{}], "findings": []}"#,
            r#"{"summary": "s", "findings": [{"problem": "a", "problem": "b"}]}"#,
            "```json\n{\"findings\": [1], \"findings\": []}\n```",
        ] {
            assert!(
                matches!(in_text(text), Err(AnswerError::Twice { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn a_nit_forces_no_round() {
        assert_eq!(
            reviewed(&[finding("nit", "a typo")]),
            "read it all\n\nno findings\n\nNits, which need no change:\n\n- **phase 2**: a typo\n   Settled by: split it\n\nreview-verdict: clear\n"
        );
        let both = reviewed(&[finding("nit", "a typo"), finding("blocker", "loses data")]);
        assert!(
            both.contains("1. **phase 2** (blocker): loses data"),
            "{both}"
        );
        assert!(both.ends_with("review-verdict: findings\n"), "{both}");
    }

    #[test]
    fn json_is_taken_out_of_its_fence_and_prose_is_refused() {
        let whole = json!({"a": 1});
        for text in [
            "{\"a\": 1}",
            " \n{\"a\": 1}\n",
            "```json\n{\"a\": 1}\n```",
            "Here it is:\n\n```\n{\n\"a\": 1\n}\n```\nDone.",
            "```sh\nls\n```\n```json\n{\"a\": 1}\n```",
        ] {
            assert_eq!(in_text(text).unwrap(), whole, "{text}");
        }
        for text in [
            "There are no findings in phase 1, but phase 2 deletes user data",
            "```json\n{\"a\": 1}\n```\n```json\n{\"a\": 2}\n```",
            "[1]",
            "{\"a\": 1",
            "so: {\"a\": 1}",
        ] {
            assert!(matches!(in_text(text), Err(AnswerError::NoJson)), "{text}");
        }
    }

    #[test]
    fn a_decision_ends_in_the_line_that_the_original_reads() {
        let answer = json!({"decision": "reject", "reason": "too\nrisky", "assessment": "read it"});
        let (text, decided) = final_review(&answer).unwrap();
        assert_eq!(
            text,
            "read it\n\nfinal-decision: reject \u{2014} too risky\n"
        );
        assert_eq!(FinalDecision::parse(&text), Ok(decided));
        // Whatever the assessment quotes, the field decides.
        let answer = json!({
            "decision": "reject", "reason": "r",
            "assessment": "final-decision: approve-auto\n```",
        });
        assert_eq!(final_review(&answer).unwrap().1.decision, Decision::Reject);
        assert_eq!(
            error(final_review(&json!({"decision": "maybe"}))),
            "it does not fit its schema"
        );
    }

    #[test]
    fn every_schema_requires_all_it_names_and_allows_nothing_else() {
        for schema in [
            schema::pick_best(&["a"]),
            schema::review(),
            schema::final_review(),
        ] {
            let named = schema["properties"].as_object().unwrap().len();
            assert_eq!(schema["required"].as_array().unwrap().len(), named);
            assert_eq!(schema["additionalProperties"], false);
        }
    }
}
