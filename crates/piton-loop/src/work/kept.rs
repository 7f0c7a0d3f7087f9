//! An accepted planning step on its way to a commit: a copy waits, and is
//! published without another call, should the commit not come about.

use piton_git::Tip;
use piton_migration::candidate::{Candidate, CandidateError, Proposal};
use piton_migration::consistency::Mode;

use super::plan_prepared::Prepared;
use super::shop::Shop;
use super::workplace::Workplace;
use crate::planning::accept::Accepted;
use crate::planning::decide::call_role;
use crate::planning::waiting::{Ground, Waiting};

/// Keeps a copy. Where there is no room for one the commit may still succeed;
/// what is not consistent is refused.
pub(super) fn keep(
    Workplace {
        shop, run, start, ..
    }: &Workplace<'_, '_>,
    prepared: &Prepared,
    accepted: &Accepted,
    message: &str,
) -> Result<Option<Candidate>, String> {
    let base = &prepared.base;
    let proposal = Proposal {
        slug: base.slug.clone(),
        base: base.digest.clone(),
        mode: Mode::of_publish(accepted.status),
        operation: call_role(prepared.step).to_string(),
        message: message.to_owned(),
        contents: accepted.contents.clone(),
    };
    let below = shop.site.candidates().join(run.id().as_str());
    let next = accepted.outcome.to_string();
    let (candidate, image) = match proposal.build(shop.disk, &below, Some(next)) {
        Ok(built) => built,
        Err(error @ CandidateError::Inconsistent { .. }) => {
            return Err(piton_base::on_one_line(&error));
        }
        Err(_) => return Ok(None),
    };
    let ground = Ground {
        step: prepared.step,
        on: Tip {
            reference: start.onto.branch_reference(),
            commit: Some(start.base.clone()),
        },
        base,
        destination: &prepared.relative,
    };
    let kept = Waiting::keep(shop.disk, run.id(), ground, (&candidate, &image));
    Ok(kept.is_ok().then_some(candidate))
}

/// Lets go of the copy: the commit is held. One that stays costs space.
pub(super) fn let_go(shop: &Shop<'_>, kept: Option<Candidate>) {
    if let Some(kept) = kept {
        let _ = kept.remove(shop.disk);
    }
}
