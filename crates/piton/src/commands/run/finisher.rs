//! Who lands what was made and tells of it, and what came of an action.

use piton_loop::deciding::memory::{Outcome, Tried};
use piton_loop::deciding::stop::Budget;
use piton_loop::runs::RunRecord;
use piton_loop::slots::SlotSettings;
use piton_loop::work::Shop;

use crate::workshop::Floor;

/// What came of an action, and whether the run goes on.
#[derive(Debug)]
pub(super) enum Acted {
    Did(Tried, Outcome),
    /// Somebody changed the same places meanwhile; it is tried again on that.
    Again,
    /// The agent cannot be asked; the run is over.
    NoAgent {
        message: String,
        signed_out: bool,
    },
    /// The run has nothing left to spend.
    CutShort(Budget),
    /// The user began a merge or the like; it is tried again after that.
    HeldBack,
    Stopped,
}

/// Everything that landing and telling take.
pub(super) struct Finisher<'a> {
    pub(super) floor: &'a Floor<'a>,
    pub(super) shop: &'a Shop<'a>,
    pub(super) run: &'a RunRecord<'static>,
    /// The slots of each job, those of the first job first.
    pub(super) seats: &'a [SlotSettings],
}

impl<'a> Finisher<'a> {
    /// Returns the workshop of one job, which works in slots of its own.
    pub(super) fn shop_of(&self, seat: u32) -> Shop<'a> {
        let slots = self.seats.get(seat.saturating_sub(1) as usize);
        Shop {
            slots: slots.unwrap_or(self.shop.slots),
            ..self.shop.clone()
        }
    }
}
