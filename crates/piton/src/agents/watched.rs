//! Looking after the user's repository while a session is held in a slot.

use std::path::PathBuf;

use piton_git::slot::{Slot, SlotChange};
use piton_loop::guard::{Guard, GuardError, Reach, listed};
use piton_loop::planning::strayed::Strayed;
use piton_loop::slots::SlotSettings;

use crate::context::{Context, Place};
use crate::error::CommandError;

/// The repository as it was before a session.
#[derive(Debug)]
pub(crate) struct Watch {
    guard: Guard,
    reach: Reach,
    evidence: PathBuf,
}

impl Watch {
    /// Looks at the repository. What cannot be looked at is an error, and no
    /// session is held.
    pub(crate) fn begin(
        context: &Context,
        place: &Place,
        slots: &SlotSettings,
        name: &str,
    ) -> Result<Self, CommandError> {
        let git = &place.repository;
        let view = slots.view(&context.disk, git)?;
        Ok(Self {
            guard: Guard::before(&context.disk, git, view, &slots.around)
                .and_then(|guard| {
                    let holder = context.holder("a session");
                    guard.kept(&context.disk, &place.state().guards(), name, &holder)
                })
                .map_err(refused)?,
            reach: Reach::of(Some(&slots.terms.standing)),
            evidence: place.state().failures().join(format!("{name}-set-aside")),
        })
    }

    /// Looks again. What the agent did there, and `files` that it changed in its
    /// slot and may not have, are told and refuse all of its work.
    pub(crate) fn end(
        &self,
        context: &Context,
        place: &Place,
        slot: &Slot,
        files: Vec<SlotChange>,
    ) -> Result<(), CommandError> {
        let (disk, git) = (&context.disk, &place.repository);
        let after = self.guard.after(disk, git, self.reach, &self.evidence);
        let mut found = after.map_err(refused)?;
        let notes = std::mem::take(&mut found.notes);
        if !notes.is_empty() {
            context.out.warn(&format!(
                "during the session, {}; if that was not you, check it",
                listed(&notes)
            ));
        }
        let in_slot = slot.git_was_changed(disk);
        if !in_slot.is_empty() {
            context.out.warn(&format!(
                "the agent changed git's own files in its slot ({}); that stays there and is \
                 ignored",
                in_slot.join(", ")
            ));
        }
        match Strayed::of(files, found, true) {
            None => Ok(()),
            Some(strayed) => Err(CommandError::failed(
                "could not take over what the session left: the agent went outside its place",
            )
            .with_source(strayed.to_string())
            .hint(strayed.advice())),
        }
    }
}

fn refused(error: GuardError) -> CommandError {
    CommandError::failed("could not watch the repository during the session").with_source(error)
}
