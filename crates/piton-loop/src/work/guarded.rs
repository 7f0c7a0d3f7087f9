//! The user's repository, looked at before a call and after it.

use piton_agent::CallRole;
use piton_base::StateDir;
use piton_git::View;
use piton_git::slot::Slot;

use super::failure::{Halt, OrTrouble as _, WorkFailure};
use super::landings::Still;
use super::shop::Shop;
use crate::failures::FailureKind;
use crate::guard::{self, Guard, GuardError, Note, Reach, UserTree};
use crate::runs::{Event, RecordError, RunRecord};

/// Looks at the user's repository before a call.
pub(super) fn before(
    shop: &Shop<'_>,
    view: View,
    tree: Option<UserTree>,
    name: &str,
) -> Result<Guard, GuardError> {
    let guards = StateDir::at(shop.site.state()).guards();
    let around = &shop.slots.around;
    let _still = shop.landings.still();
    let guard = match tree {
        None => Guard::before(shop.disk, shop.repository, view, around),
        Some(tree) => Guard::since(shop.disk, shop.repository, view, around, tree),
    };
    guard?.kept(shop.disk, &guards, name, &shop.holder)
}

/// Looks at the user's working tree after a call that no other followed.
pub(super) fn look_after(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    role: CallRole,
    tree: &UserTree,
) -> Result<(), Halt> {
    let notes = tree.notes_now(shop.disk, shop.repository);
    guard::tell_what_else_happened(&notes.or_trouble(role)?, &[], run).or_trouble(role)
}

/// Looks at what happened to the user's repository during the call. Returns the
/// working tree before it, where that is to be looked at after the next one.
pub(super) fn after(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    guard: Guard,
    (role, reach, is_followed): (CallRole, Reach, bool),
) -> Result<Option<UserTree>, Halt> {
    let evidence = shop.site.failures().join(format!("{}-set-aside", run.id()));
    let (disk, git) = (shop.disk, shop.repository);
    let still = shop.landings.still();
    let found = if is_followed {
        guard.after_all_but_tree(disk, git, reach, &evidence)
    } else {
        let found = guard.after(disk, git, reach, &evidence);
        found.map(|found| (found, None))
    };
    let (mut found, tree) = found.or_trouble(role)?;
    let ours = tell_landings(run, &still, &mut found.notes);
    drop(still);
    guard::tell_what_else_happened(&found.notes, &slot.git_was_changed(shop.disk), run)
        .and(ours)
        .or_trouble(role)?;
    if found.strays.is_empty() {
        return Ok(tree);
    }
    let listed: Vec<String> = found.strays.iter().map(ToString::to_string).collect();
    let story = format!(
        "the agent changed your repository: {}; none of its work was taken",
        listed.join(", ")
    );
    Err(WorkFailure::again(role, FailureKind::AgentInfraFailure, story).into())
}

/// Tells what other jobs landed meanwhile, and takes it out of what somebody
/// else may have done.
fn tell_landings(
    run: &RunRecord<'_>,
    still: &Still<'_>,
    notes: &mut Vec<Note>,
) -> Result<(), RecordError> {
    let mut told = Ok(());
    notes.retain(|note| {
        let Note::Moved {
            name,
            from: Some(from),
            to: Some(to),
        } = note
        else {
            return true;
        };
        let Some(count) = still.between(from, to) else {
            return true;
        };
        let branch = name.strip_prefix("refs/heads/").unwrap_or(name);
        let commits = if count == 1 { "commit" } else { "commits" };
        let text = format!("meanwhile {count} {commits} of this run landed on {branch}");
        told = std::mem::replace(&mut told, Ok(())).and(run.event(Event::Noted { text }));
        false
    });
    told
}
