//! The ready-check's answer: may the phase start?

use super::decision_line::{DecisionLine, Undecided};
use piton_migration::text::strip;

/// Whether the current phase may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Yes,
    No,
    /// Only a person, or the outside world, can tell.
    Unverifiable,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unverifiable];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unverifiable => "unverifiable",
        }
    }
}

/// A verdict with what the agent gave as its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadyAnswer {
    pub verdict: Verdict,
    /// The verdict's own word where the agent gave no reason.
    pub reason: String,
}

/// The answer holds no verdict, or two.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadyError {
    #[error("the answer has no line \"ready: yes\", \"ready: no\" or \"ready: unverifiable\"")]
    Missing,
    #[error(transparent)]
    Undecided(#[from] Undecided),
}

impl ReadyAnswer {
    /// Reads the verdict in an agent's text.
    pub fn parse(text: &str) -> Result<Self, ReadyError> {
        DecisionLine::only(text, "ready", read, |answer| answer.verdict)?.ok_or(ReadyError::Missing)
    }
}

fn read(line: DecisionLine<'_>) -> Option<ReadyAnswer> {
    Verdict::ALL.into_iter().find_map(|verdict| {
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
            Err(ReadyError::Undecided(Undecided::Contradiction { .. }))
        ));
        assert_eq!(verdict("ready: no — red\n> ready: yes"), Ok(Verdict::No));
        assert_eq!(verdict("- ready: yes\nready: no"), Ok(Verdict::No));
        assert_eq!(verdict("it looks ready"), Err(ReadyError::Missing));
    }
}
