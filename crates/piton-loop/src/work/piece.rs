//! One piece of work, whatever its kind.

use piton_migration::slug::Slug;

use super::shop::{Shop, Worked};
use super::source_piece::SourcePiece;
use super::start::Start;
use super::{phase, plan, refactor};
use crate::runs::{CommitPhase, RunRecord};

/// What is to be worked on, before it is known from which commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Plan(Slug),
    Phase(Slug),
    Source(SourcePiece),
}

impl Piece {
    /// Does the work. It is accepted and held, or there is a reason why not;
    /// landing it is another matter.
    pub fn work(&self, shop: &Shop<'_>, run: &RunRecord<'_>, start: &Start) -> Worked {
        match self {
            Self::Plan(slug) => plan::carry_out(shop, run, slug, start),
            Self::Phase(slug) => phase::carry_out(shop, run, slug, start),
            Self::Source(piece) => refactor::carry_out(shop, run, piece, start),
        }
        .unwrap_or_else(Worked::from)
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
