//! Noting which stored plan a migration is told of in.

use piton_migration::candidate::Proposal;
use piton_migration::consistency::Mode;
use piton_migration::own::{OWN_FILE, PlanLink};

use super::case::Case;
use super::refusal::PersonRefusal;

/// Notes the plan; none where the migration names it already.
pub fn link(case: &Case<'_>, plan: PlanLink) -> Result<Option<Proposal>, PersonRefusal> {
    let live = case.live()?;
    if live.own.plan.as_ref() == Some(&plan) {
        return Ok(None);
    }
    case.refuse_dirty()?;
    let why = format!("It is shared as plan {} ({}).", plan.id, plan.backend);
    let mut own = live.own;
    own.plan = Some(plan);
    let mut contents = live.contents;
    contents.put(OWN_FILE, own.encode());
    let mode = Mode::of_publish(live.manifest.status());
    Ok(Some(case.proposal(
        live.digest,
        contents,
        mode,
        "share",
        &why,
    )))
}
