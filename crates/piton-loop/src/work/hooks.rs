//! The user's hooks, before work is accepted and after it has landed.

use std::path::Path;

use piton_agent::{CallRole, Limits};
use piton_git::CommitId;
use piton_git::GitRead;
use piton_git::landing::tree_of;

use super::failure::{End, Halt, OrTrouble as _, WorkFailure};
use super::prove;
use super::shop::Shop;
use super::territory;
use super::workplace::Workplace;
use crate::failures::FailureKind;
use crate::hooks::{HookRoom, Staged, Unheard};
use crate::runs::{Event, RunRecord};

/// Runs the hooks on a commit that was proved. What they change is proved
/// again; a commit they refuse is a failed attempt. Returns the commit after
/// them.
pub(super) fn before(
    at: &Workplace<'_, '_>,
    commit: &CommitId,
    role: CallRole,
) -> Result<CommitId, Halt> {
    let Workplace { shop, run, .. } = at;
    let token = token(shop, run);
    let room = room(shop, run.dir().path(), &token);
    let Some(hooks) = room.find().or_trouble(role)? else {
        return Ok(commit.clone());
    };
    let unheard = |unheard| match unheard {
        Unheard::Refused(said) => refused(role, &said),
        Unheard::Stopped => End::Stopped.into(),
        Unheard::Failed(error) => Halt::trouble(role, &error),
    };
    let note = |text: &str| {
        let text = text.to_owned();
        run.event(Event::Noted { text }).or_trouble(role)
    };
    note("runs your hooks on it")?;
    let slot = room.slot(&at.start.base).map_err(unheard)?;
    let message = shop.repository.message(commit).or_trouble(role)?;
    let heard = room.hear(&hooks, &slot, Staged::Commit(commit), &message);
    let heard = heard.map_err(unheard)?;
    let before = tree_of(shop.repository, commit).or_trouble(role)?;
    if heard.tree.as_ref() == Some(&before) && heard.message.trim_end() == message.trim_end() {
        return Ok(commit.clone());
    }
    let took_back = || refused(role, "the hook pre-commit removed every change");
    let paths: Vec<&Path> = heard.paths.iter().map(AsRef::as_ref).collect();
    if paths.is_empty() {
        return Err(took_back());
    }
    // What hooks run an agent may have written.
    let settings = paths.iter().find(|path| territory::is_settings(path));
    if let Some(path) = settings {
        let path = path.display();
        let said = format!("a hook changed {path}, which only people change");
        return Err(refused(role, &said));
    }
    let Some(proposed) = slot
        .commit(shop.disk, shop.repository, &paths, &heard.message)
        .or_trouble(role)?
    else {
        return Err(took_back());
    };
    drop(slot);
    let changed = tree_of(shop.repository, &proposed.commit).or_trouble(role)?;
    if changed != before {
        note("your hooks changed it")?;
        let proof = prove::prove(shop, run, &proposed.commit, role)?;
        if !proof.verdict.is_good() {
            return Err(prove::red(role, &proof).into());
        }
    }
    Ok(proposed.commit)
}

fn refused(role: CallRole, said: &str) -> Halt {
    let story = format!("{said}\nnothing was committed");
    WorkFailure::again(role, FailureKind::ValidationFailed, story).into()
}

/// Lets the hook that hears of commits hear of one that landed.
pub(super) fn after(shop: &Shop<'_>, run: &RunRecord<'_>, commit: &CommitId) {
    let token = token(shop, run);
    let room = room(shop, run.dir().path(), &token);
    if let Ok(Some(hooks)) = room.find() {
        room.after(&hooks, commit);
    }
}

fn token(shop: &Shop<'_>, run: &RunRecord<'_>) -> String {
    format!("{}-{}", run.id(), shop.clock.now().as_nanosecond())
}

fn room<'a>(shop: &'a Shop<'_>, record: &'a Path, token: &'a str) -> HookRoom<'a> {
    let policy = shop.validator.policy;
    HookRoom {
        disk: shop.disk,
        repository: shop.repository,
        clock: shop.clock,
        stop: shop.stop,
        host: shop.validator.host,
        slots: shop.slots,
        holder: &shop.holder,
        notes: shop.validator.notes,
        record,
        token,
        // They run what validations run, and are silent for as long.
        limits: Limits {
            idle: policy.idle,
            deadline: policy.deadline,
            ..Limits::default()
        },
    }
}
