//! The scope selection's answer: which of the offered candidates to take.

use super::decision_line::{DecisionLine, Undecided};
use piton_migration::text::strip;

/// How far a target was widened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CandidateKind {
    LocalCluster,
    CrossCluster,
    Seed,
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
    #[error("the candidate {} was offered more than once", .0.as_str())]
    OfferedTwice(CandidateKind),
    #[error("the answer has no line \"selected-candidate: <kind> — <reason>\"")]
    Missing,
    #[error(transparent)]
    Undecided(#[from] Undecided),
    #[error("the answer selects {}, which was not offered", .0.as_str())]
    NotOffered(CandidateKind),
}

impl CandidateKind {
    pub const ALL: [Self; 3] = [Self::LocalCluster, Self::CrossCluster, Self::Seed];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::LocalCluster => "local-cluster",
            Self::CrossCluster => "cross-cluster",
            Self::Seed => "seed",
        }
    }
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
        let selection =
            DecisionLine::only(text, "selected-candidate", read, |selected| selected.kind)?
                .ok_or(ScopeSelectionError::Missing)?;
        if offered.contains(&selection.kind) {
            Ok(selection)
        } else {
            Err(ScopeSelectionError::NotOffered(selection.kind))
        }
    }
}

fn read(line: DecisionLine<'_>) -> Option<ScopeSelection> {
    CandidateKind::ALL.into_iter().find_map(|kind| {
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
