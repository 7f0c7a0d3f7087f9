//! Carrying out one phase of a migration.

use piton_agent::CallRole;
use piton_migration::slug::Slug;

use super::attempts;
use super::failure::Halt;
use super::prepared::Prepared;
use super::ready::{Ready, ready_check};
use super::setback;
use super::shop::{Shop, Worked};
use super::start::Start;
use super::workplace;
use crate::runs::RunRecord;

/// Asks whether the phase may start, carries it out, and notes what came of
/// it. Everything is read from the commit that the work starts from.
pub(super) fn carry_out(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slug: &Slug,
    start: &Start,
) -> Result<Worked, Halt> {
    let role = CallRole::PhaseExecutionGate;
    let token = format!("{}-{slug}", run.id());
    let at = &workplace::laid_out(shop, run, start, &token, role)?;
    let phase = Prepared::read(shop, &at.slot, slug)?;
    let tree = match ready_check(at, &phase)? {
        Ready::Yes(tree) => tree,
        Ready::No(worked) => return Ok(*worked),
    };
    match attempts::carry_out(at, &phase, tree) {
        Err(Halt::Failed(failure)) => Ok(setback::failed(at, slug, *failure)),
        worked => worked,
    }
}
