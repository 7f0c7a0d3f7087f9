//! What a run is for, and how far it goes.

use std::num::NonZeroUsize;
use std::time::Duration;

use piton_loop::deciding::limits::Limits;
use piton_loop::targets::Target;
use piton_loop::work::{Piece, SourcePiece};

use super::args::Wanted;

/// A run that takes up one thing after the other.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) name: &'static str,
    pub(crate) source: Wanted,
    pub(crate) focus: bool,
    pub(crate) limits: Limits,
    pub(crate) tries: u32,
    pub(crate) rest: Option<Duration>,
    /// How many actions go on at once.
    pub(crate) jobs: NonZeroUsize,
    /// What commits of source actions are called, if not after their targets.
    pub(crate) subject: Option<&'static str>,
    /// Whether the difference of what landed is shown at the end.
    pub(crate) shows_difference: bool,
}

impl Course {
    /// Returns the work on one target.
    pub(super) fn piece(&self, target: Target, route: bool) -> Piece {
        Piece::Source(SourcePiece {
            target,
            scope: self.source.scope.clone(),
            subject: self.subject.map(str::to_owned),
            route,
        })
    }
}
