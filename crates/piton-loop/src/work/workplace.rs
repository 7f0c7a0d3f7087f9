//! The slots that a piece of work is done and proved in.

use std::path::Path;

use piton_agent::CallRole;
use piton_git::CommitId;
use piton_git::slot::{Slot, SlotUse, Slots};

use super::failure::{End, Halt, OrTrouble as _};
use super::shop::Shop;
use super::start::Start;
use crate::runs::RunRecord;

/// A piece of work under way: with what, in which record, where, and from which
/// commit.
pub(super) struct Workplace<'a, 'd> {
    pub(super) shop: &'a Shop<'a>,
    pub(super) run: &'a RunRecord<'d>,
    pub(super) slot: Slot,
    pub(super) start: &'a Start,
}

/// Returns a slot that shows `commit`.
pub(super) fn take(
    shop: &Shop<'_>,
    commit: &CommitId,
    what_for: SlotUse,
    role: CallRole,
) -> Result<Slot, Halt> {
    let view = shop.slots.view(shop.disk, shop.repository);
    Slots::new(shop.disk, shop.repository, &shop.slots.home)
        .take(commit, what_for, &view.or_trouble(role)?, &shop.holder)
        .or_trouble(role)
}

/// Runs the set-up command where a slot needs it. What it prints goes below
/// `record`; what it leaves is named by `token`.
pub(super) fn set_up(
    shop: &Shop<'_>,
    slot: &Slot,
    record: &Path,
    token: &str,
    role: CallRole,
) -> Result<(), Halt> {
    let Some(setup) = &shop.slots.setup else {
        return Ok(());
    };
    let log = record.join("setup.log");
    let done = setup.prepare(shop.disk, slot, &log, token, shop.stop, shop.clock);
    match done {
        Err(_) if shop.stop.requested() => Err(End::Stopped.into()),
        done => done.map(drop).or_trouble(role),
    }
}

/// Takes a slot for an agent to work in, and sets it up.
pub(super) fn laid_out<'a, 'd>(
    shop: &'a Shop<'a>,
    run: &'a RunRecord<'d>,
    start: &'a Start,
    token: &str,
    role: CallRole,
) -> Result<Workplace<'a, 'd>, Halt> {
    let slot = take(shop, &start.base, SlotUse::Work, role)?;
    set_up(shop, &slot, run.dir().path(), token, role)?;
    Ok(Workplace {
        shop,
        run,
        slot,
        start,
    })
}
