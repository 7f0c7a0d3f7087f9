//! The delimited report at the end of an agent's final message.

use std::str::FromStr;

use piton_migration::text::{lines, strip};

const BEGIN: &str = "BEGIN_CONTINUOUS_REFACTORING_STATUS";
const END: &str = "END_CONTINUOUS_REFACTORING_STATUS";

piton_base::words! {
    /// What the agent says is to be done with its work.
    #[derive(Hash)]
    pub enum Decision: "a decision about work" {
        Commit = "commit",
        Retry = "retry",
        Abandon = "abandon",
        Blocked = "blocked",
    }
}

piton_base::words! {
    /// What the agent says should be tried next.
    #[derive(Hash)]
    pub enum Recommendation: "a recommendation" {
        SameTarget = "same-target",
        NewTarget = "new-target",
        None = "none",
        HumanReview = "human-review",
    }
}

/// The report; every field may be missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusBlock {
    pub phase_reached: Option<String>,
    pub decision: Option<Decision>,
    pub retry_recommendation: Option<Recommendation>,
    pub failure_kind: Option<String>,
    pub summary: Option<String>,
    pub commit_rationale: Option<String>,
    pub next_retry_focus: Option<String>,
    pub tests_run: Option<String>,
    pub evidence: Vec<String>,
}

impl StatusBlock {
    /// Reads the last block in an agent's text; `None` when there is none, when
    /// it never ends, or when it is empty.
    pub fn parse(text: &str) -> Option<Self> {
        let begin = text.rfind(BEGIN)? + BEGIN.len();
        let end = begin + text[begin..].find(END)?;
        let body = strip(&text[begin..end]);
        (!body.is_empty()).then(|| read(body))
    }
}

fn read(body: &str) -> StatusBlock {
    let mut block = StatusBlock::default();
    let mut in_evidence = false;
    for line in lines(body).map(strip) {
        if in_evidence && let Some(item) = line.strip_prefix("- ") {
            block.evidence.extend(present(item));
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let (key, value) = (strip(key), present(value));
        in_evidence = key == "evidence";
        match key {
            "phase_reached" => block.phase_reached = value,
            "decision" => block.decision = named(value),
            "retry_recommendation" => block.retry_recommendation = named(value),
            "failure_kind" => block.failure_kind = value,
            "summary" => block.summary = value,
            "commit_rationale" => block.commit_rationale = value,
            "next_retry_focus" => block.next_retry_focus = value,
            "tests_run" => block.tests_run = value,
            "evidence" => block.evidence.extend(value),
            // Agents add keys of their own.
            _ => {}
        }
    }
    block
}

fn present(value: &str) -> Option<String> {
    let value = strip(value);
    (!value.is_empty()).then(|| value.to_owned())
}

fn named<T: FromStr>(value: Option<String>) -> Option<T> {
    value?.to_lowercase().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_a_block_is_read_and_what_is_empty_is_none() {
        let text = "BEGIN_CONTINUOUS_REFACTORING_STATUS\nphase_reached: the second\n\
                    decision: RETRY\nretry_recommendation: human-review\n\
                    failure_kind: phase-failed\nsummary: it is: red\n\
                    commit_rationale:\nnext_retry_focus: the cache\ntests_run: make\n\
                    evidence: one\n- two\n- \nEND_CONTINUOUS_REFACTORING_STATUS";
        let some = |text: &str| Some(text.to_owned());
        let read = StatusBlock {
            phase_reached: some("the second"),
            decision: Some(Decision::Retry),
            retry_recommendation: Some(Recommendation::HumanReview),
            failure_kind: some("phase-failed"),
            summary: some("it is: red"),
            commit_rationale: None,
            next_retry_focus: some("the cache"),
            tests_run: some("make"),
            evidence: vec!["one".to_owned(), "two".to_owned()],
        };
        assert_eq!(StatusBlock::parse(text), Some(read));
    }
}
