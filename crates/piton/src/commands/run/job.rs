//! One action under way.

use piton_loop::claim::Claim;
use piton_loop::deciding::memory::Tried;
use piton_loop::work::{Piece, Start};

use super::piece::tried;
use super::tick::Tick;
use crate::workshop::Told;

/// An action that was begun, until something came of it.
#[derive(Debug)]
pub(super) struct Job<'a> {
    pub(super) piece: Piece,
    /// The number of the action in its run.
    pub(super) attempt: u32,
    /// Its place among those that go on at once, with slots of its own.
    pub(super) seat: u32,
    pub(super) start: Start,
    pub(super) told: Told,
    /// Its journal.
    pub(super) tick: Tick<'a>,
    /// What people know it by.
    pub(super) label: String,
    /// Whether it was begun again because others changed the same places.
    pub(super) is_second: bool,
    /// Nobody else works on the migration meanwhile.
    pub(super) _claim: Option<Claim>,
}

impl Job<'_> {
    pub(super) fn tried(&self) -> Tried {
        tried(&self.piece)
    }
}
