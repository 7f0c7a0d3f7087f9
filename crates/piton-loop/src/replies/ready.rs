//! The ready-check's answer: may the phase start?

use super::decision_line::{DecisionLine, Undecided};
use piton_migration::text::strip;

piton_base::words! {
    /// Whether the current phase may start.
    #[derive(Hash)]
    pub enum Verdict: "a verdict about a phase" {
        Yes = "yes",
        No = "no",
        /// Only a person, or the outside world, can tell.
        Unverifiable = "unverifiable",
    }
}

/// A verdict with what the agent gave as its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadyAnswer {
    pub verdict: Verdict,
    /// The verdict's own word where the agent gave no reason.
    pub reason: String,
}

impl ReadyAnswer {
    /// Reads the verdict in an agent's text.
    pub fn parse(text: &str) -> Result<Self, Undecided> {
        let wanted = "\"ready: yes\", \"ready: no\" or \"ready: unverifiable\"";
        DecisionLine::only(text, "ready", read, |answer| answer.verdict)?
            .ok_or(Undecided::Missing { wanted })
    }
}

fn read(line: DecisionLine<'_>) -> Option<ReadyAnswer> {
    Verdict::ALL.iter().copied().find_map(|verdict| {
        let after = line.take_word(verdict.as_str())?;
        if after.starts_with(is_word_char) {
            return None;
        }
        let reason = strip(after.trim_start_matches([' ', '\u{2014}', '-']));
        Some(ReadyAnswer {
            verdict,
            reason: if reason.is_empty() {
                verdict.as_str().to_owned()
            } else {
                reason.to_owned()
            },
        })
    })
}

/// What a word goes on with: `nope` is not `no`.
pub(super) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_contradict_themselves_are_none() {
        let verdict = |text| ReadyAnswer::parse(text).map(|answer| answer.verdict);
        assert!(matches!(
            verdict("ready: no — the base is red\n\nready: yes"),
            Err(Undecided::Contradiction { .. })
        ));
        assert_eq!(verdict("ready: no — red\n> ready: yes"), Ok(Verdict::No));
        assert_eq!(verdict("- ready: yes\nready: no"), Ok(Verdict::No));
        assert!(matches!(
            verdict("it looks ready"),
            Err(Undecided::Missing { .. })
        ));
    }
}
