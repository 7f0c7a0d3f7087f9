//! What a run is for, and how far it goes.

use std::num::NonZeroUsize;
use std::time::Duration;

use piton_loop::deciding::limits::Limits;
use piton_loop::targets::Target;
use piton_loop::work::{Piece, SourcePiece};

use super::args::Wanted;
use crate::workshop::Way;

/// A run that takes up one thing after the other.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) way: Way,
    pub(crate) source: Wanted,
    pub(crate) focus: bool,
    pub(crate) limits: Limits,
    pub(crate) tries: u32,
    pub(crate) rest: Option<Duration>,
    /// How many actions go on at once.
    pub(crate) jobs: NonZeroUsize,
}

impl Course {
    /// Returns the work on one target.
    pub(super) fn piece(&self, target: Target, route: bool) -> Piece {
        Piece::Source(SourcePiece {
            target,
            scope: self.source.scope.clone(),
            subject: self.way.subject().map(str::to_owned),
            route,
        })
    }
}
