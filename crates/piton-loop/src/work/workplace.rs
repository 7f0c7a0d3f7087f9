//! The slot that a piece of work is done in.

use piton_agent::CallRole;
use piton_git::CommitId;
use piton_git::slot::{Slot, SlotUse, Slots};

use super::failure::Halt;
use super::prove;
use super::shop::Shop;
use crate::runs::RunRecord;

/// Returns a slot that shows `base` and is set up. What its set-up leaves is
/// named by `token`.
pub(super) fn laid_out(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    base: &CommitId,
    token: &str,
    role: CallRole,
) -> Result<Slot, Halt> {
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let view = shop
        .slots
        .view(shop.disk, shop.repository)
        .map_err(|error| trouble(&error))?;
    let slot = Slots::new(shop.disk, shop.repository, &shop.slots.home)
        .take(base, SlotUse::Work, &view, &shop.holder)
        .map_err(|error| trouble(&error))?;
    prove::set_up(shop, &slot, run.dir().path(), token, role)?;
    Ok(slot)
}
