//! The user's hooks, before work is accepted and after it has landed.

use std::path::Path;

use piton_agent::CallRole;
use piton_git::landing::{Said, UserHooks, tree_of};
use piton_git::slot::{Slot, SlotUse, Slots};
use piton_git::{CommitId, GitRead, View};

use super::evidence::Traces;
use super::failure::{Halt, WorkFailure};
use super::prove;
use super::shop::Shop;
use crate::failures::FailureKind;
use crate::runs::RunRecord;

/// Runs the hooks on a commit that was proved. What they change is proved
/// again; a commit they refuse is a failed attempt. Returns the commit after
/// them.
pub(super) fn before(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    base: &CommitId,
    commit: &CommitId,
    role: CallRole,
) -> Result<CommitId, Halt> {
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let Some(hooks) = UserHooks::find(shop.repository).map_err(|error| trouble(&error))? else {
        return Ok(commit.clone());
    };
    shop.tell.tell("runs your hooks on it");
    let slot = proof_slot(shop, base, role)?;
    hooks
        .stage(slot.dir(), commit)
        .map_err(|error| trouble(&error))?;
    let refused = |said: String| {
        let story = format!("{said}\nnothing was committed");
        let failure = WorkFailure::again(role, FailureKind::ValidationFailed, story);
        Halt::from(failure.with(Traces::default()))
    };
    if let Said::Refused(said) = hooks.before(slot.dir()).map_err(|error| trouble(&error))? {
        return Err(refused(said));
    }
    let message = shop
        .repository
        .message(commit)
        .map_err(|error| trouble(&error))?;
    let after = hooks
        .message(shop.disk, slot.dir(), &message)
        .map_err(|error| trouble(&error))?
        .map_err(refused)?;
    let (tree, paths) = hooks.staged(slot.dir()).map_err(|error| trouble(&error))?;
    let before = tree_of(shop.repository, commit).map_err(|error| trouble(&error))?;
    if tree == before && after.trim_end() == message.trim_end() {
        return Ok(commit.clone());
    }
    let paths: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
    if paths.is_empty() {
        return Err(refused(
            "the hook pre-commit took everything back".to_owned(),
        ));
    }
    let Some(proposed) = slot
        .commit(shop.disk, &paths, &after)
        .map_err(|error| trouble(&error))?
    else {
        return Err(refused(
            "the hook pre-commit took everything back".to_owned(),
        ));
    };
    slot.hand_over(shop.disk, shop.repository)
        .map_err(|error| trouble(&error))?;
    drop(slot);
    let changed = tree_of(shop.repository, &proposed.commit).map_err(|error| trouble(&error))?;
    if changed != before {
        shop.tell.tell("your hooks changed it");
        let proof = prove::prove(shop, run, &proposed.commit, role)?;
        if !proof.verdict.is_good() {
            return Err(prove::red(role, &proof).into());
        }
    }
    Ok(proposed.commit)
}

/// Lets the hook that hears of commits hear of one that landed.
pub(super) fn after(shop: &Shop<'_>, commit: &CommitId) {
    let Ok(Some(hooks)) = UserHooks::find(shop.repository) else {
        return;
    };
    if !hooks.hears_of_commits() {
        return;
    }
    if let Ok(slot) = proof_slot(shop, commit, CallRole::Validation) {
        hooks.after(slot.dir());
    }
}

fn proof_slot(shop: &Shop<'_>, commit: &CommitId, role: CallRole) -> Result<Slot, Halt> {
    let view = View::read(shop.repository).map_err(|error| Halt::trouble(role, &error))?;
    Slots::new(shop.disk, shop.repository, &shop.slots.home)
        .take(commit, SlotUse::Proof, &view, &shop.holder)
        .map_err(|error| Halt::trouble(role, &error))
}
