//! One piece of work, whatever its kind.

use piton_migration::slug::Slug;

use super::attempts::Start;
use super::phase::{self, PhaseWork};
use super::plan::{self, PlanWork};
use super::refactor::{self, RefactorWork};
use super::shop::{Shop, Worked};
use crate::runs::{CommitPhase, RunRecord};
use crate::targets::Target;

/// What is to be worked on, before it is known from which commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Plan(Slug),
    Phase(Slug),
    Source(SourcePiece),
}

/// A target, with what the run says of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePiece {
    pub target: Target,
    /// What the user says the whole run is about.
    pub scope: Option<String>,
    /// What the commit is called, where it is not called after its target.
    pub subject: Option<String>,
    /// Whether it is asked first how far the target reaches, and whether it
    /// takes a migration.
    pub route: bool,
}

impl Piece {
    /// Does the work. It is accepted and held, or there is a reason why not;
    /// landing it is another matter.
    pub fn work(&self, shop: &Shop<'_>, run: &RunRecord<'_>, start: &Start) -> Worked {
        let start = start.clone();
        match self {
            Self::Plan(slug) => plan::carry_out(shop, run, &PlanWork { slug, start }),
            Self::Phase(slug) => phase::carry_out(shop, run, &PhaseWork { slug, start }),
            Self::Source(piece) => {
                let work = RefactorWork { piece, start };
                refactor::carry_out(shop, run, &work)
            }
        }
    }

    /// Returns the migration that it is about.
    pub fn slug(&self) -> Option<&Slug> {
        match self {
            Self::Plan(slug) | Self::Phase(slug) => Some(slug),
            Self::Source(_) => None,
        }
    }

    /// Returns what its commit is, for the record.
    pub fn commit_phase(&self) -> CommitPhase {
        match self {
            Self::Plan(_) => CommitPhase::Planning,
            Self::Phase(_) => CommitPhase::Migration,
            Self::Source(piece) if piece.subject.is_some() => CommitPhase::RunOnce,
            Self::Source(_) => CommitPhase::Refactor,
        }
    }
}
