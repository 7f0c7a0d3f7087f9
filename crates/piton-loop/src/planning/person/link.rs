//! Noting which stored plan a migration is told of in.

use piton_durable::DiskRead;
use piton_git::GitRead;
use piton_migration::candidate::Proposal;
use piton_migration::own::{OWN_FILE, PlanLink};
use piton_migration::slug::Slug;

use super::super::decide::refuse_dirty;
use super::super::site::Site;
use super::super::snapshot::Live;
use super::proposal::proposal;
use super::refusal::PersonRefusal;

/// Notes the plan; none where the migration names it already.
pub fn link(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    site: &Site,
    slug: &Slug,
    plan: PlanLink,
    prefix: &str,
) -> Result<Option<Proposal>, PersonRefusal> {
    let live = Live::read(disk, site, slug)?;
    if live.own.plan.as_ref() == Some(&plan) {
        return Ok(None);
    }
    refuse_dirty(git, site, slug)?;
    let why = format!("It is shared as plan {} ({}).", plan.id, plan.backend);
    let mut own = live.own;
    own.plan = Some(plan);
    let mut contents = live.contents;
    contents.put(OWN_FILE, own.encode());
    let (slug, mode) = (slug.clone(), Proposal::mode_of(live.manifest.status()));
    let shared = proposal(slug, live.digest, contents, mode, ("share", prefix), &why);
    Ok(Some(shared))
}
