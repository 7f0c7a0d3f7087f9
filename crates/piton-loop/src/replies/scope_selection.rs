//! The scope selection's answer: which of the offered candidates to take.

use super::decision_line::{DecisionLine, Undecided};
use piton_migration::text::strip;

piton_base::words! {
    /// How far a target was widened.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum CandidateKind: "a kind of candidate" {
        LocalCluster = "local-cluster",
        CrossCluster = "cross-cluster",
        Seed = "seed",
    }
}

/// The candidate the agent chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeSelection {
    pub kind: CandidateKind,
    /// The kind's own name where the agent gave no reason.
    pub reason: String,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ScopeSelectionError {
    #[error("the candidate {0} was offered more than once")]
    OfferedTwice(CandidateKind),
    #[error(transparent)]
    Undecided(#[from] Undecided),
    #[error("the answer selects {0}, which was not offered")]
    NotOffered(CandidateKind),
}

impl ScopeSelection {
    /// Reads the selection in an agent's text.
    pub fn parse(text: &str, offered: &[CandidateKind]) -> Result<Self, ScopeSelectionError> {
        if let Some(twice) = offered
            .iter()
            .enumerate()
            .find_map(|(i, kind)| offered[..i].contains(kind).then_some(*kind))
        {
            return Err(ScopeSelectionError::OfferedTwice(twice));
        }
        let wanted = "\"selected-candidate: <kind> — <reason>\"";
        let selection =
            DecisionLine::only(text, "selected-candidate", read, |selected| selected.kind)?
                .ok_or(Undecided::Missing { wanted })?;
        if offered.contains(&selection.kind) {
            Ok(selection)
        } else {
            Err(ScopeSelectionError::NotOffered(selection.kind))
        }
    }
}

fn read(line: DecisionLine<'_>) -> Option<ScopeSelection> {
    CandidateKind::ALL.iter().copied().find_map(|kind| {
        let after = strip(line.take_word(kind.as_str())?);
        let reason = match after.strip_prefix(['\u{2014}', '-']) {
            Some(reason) => strip(reason),
            None if after.is_empty() => after,
            // `seedling`, or words without a separator.
            None => return None,
        };
        Some(ScopeSelection {
            kind,
            reason: if reason.is_empty() {
                kind.as_str().to_owned()
            } else {
                reason.to_owned()
            },
        })
    })
}
