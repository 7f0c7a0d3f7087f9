//! The user's hooks around the commit of a publish, heard in a slot.

use std::path::Path;

use piton_agent::{Host, Limits};
use piton_durable::tree;
use piton_git::landing::UserHooks;
use piton_git::{CommitId, GitRead};
use piton_loop::hooks::{HookError, HookRoom, Staged, Unheard};
use piton_loop::planning::paths;
use piton_loop::slots::SlotSettings;
use piton_migration::contents::Contents;
use piton_migration::operation::{CommitHooks, Hooked, ToCommit};
use piton_plan::{Failure, FailureKind};

use super::Writing;
use crate::context::token;

impl CommitHooks for Writing<'_> {
    fn before(&self, what: &ToCommit<'_>) -> Result<Option<Hooked>, Failure> {
        let git = self.here()?.publishing.repository();
        let hooks = UserHooks::find(git).map_err(Failure::io)?;
        let (Some(hooks), Some(head)) = (hooks, git.head().map_err(Failure::io)?) else {
            return Ok(None);
        };
        self.in_room(|room| {
            let slot = room.slot(&head)?;
            lay_out(room, slot.dir(), what)?;
            let staged = Staged::Path(Path::new(what.destination));
            let heard = room.hear(&hooks, &slot, staged, what.message)?;
            let contents = taken(room, slot.dir(), what)?;
            let message = if heard.message.trim_end() == what.message.trim_end() {
                what.message.to_owned()
            } else {
                heard.message
            };
            Ok(Some(Hooked { contents, message }))
        })
    }

    fn after(&self, commit: &str) {
        let Ok(commit) = commit.parse::<CommitId>() else {
            return;
        };
        let Ok(here) = self.here() else { return };
        let found = UserHooks::find(here.publishing.repository());
        if let Ok(Some(hooks)) = found {
            let _ = self.in_room(|room| {
                room.after(&hooks, &commit);
                Ok(None::<()>)
            });
        }
    }
}

impl Writing<'_> {
    /// Makes the room in which they are heard.
    fn in_room<T>(
        &self,
        hear: impl FnOnce(&HookRoom<'_>) -> Result<Option<T>, Unheard>,
    ) -> Result<Option<T>, Failure> {
        let context = self.context;
        let slots: SlotSettings = piton_loop::operation::Agents::slots(self)?;
        let place = &self.here()?.place;
        let host = Host::new(context.environment.raw()).with_directory(place.top());
        let idle = place.settings.validation_idle_limit();
        let (notes, record) = (self.state.calls(), self.state.work());
        let holder = context.holder("your hooks");
        let token = format!("hooks-{}", token());
        let room = HookRoom {
            disk: &context.disk,
            repository: self.here()?.publishing.repository(),
            clock: &context.clock,
            stop: &context.stop,
            host: &host,
            slots: &slots,
            holder: &holder,
            notes: &notes,
            record: &record,
            token: &token,
            limits: Limits {
                idle,
                tool_idle: idle,
                deadline: place.settings.validation_deadline(),
                ..Limits::default()
            },
        };
        hear(&room).map_err(|unheard| match unheard {
            Unheard::Refused(said) => Failure::new(
                FailureKind::Io,
                format!(
                    "git or one of its hooks refused the commit: {}",
                    on_a_line(&said)
                ),
            )
            .hint("correct what the hook complains about, then run the command again"),
            Unheard::Stopped => Failure::new(FailureKind::Io, "interrupted while your hooks ran"),
            Unheard::Failed(error) => Failure::io(error),
        })
    }

    fn here(&self) -> Result<&super::reading::Here, Failure> {
        self.reading.here()
    }
}

/// Puts what is to be committed where the hooks look for it.
fn lay_out(room: &HookRoom<'_>, slot: &Path, what: &ToCommit<'_>) -> Result<(), Unheard> {
    let placed = |error: &dyn std::error::Error| {
        Unheard::from(HookError::Stage {
            said: piton_base::on_one_line(error),
        })
    };
    paths::refuse_links(room.disk, slot, what.destination).map_err(|error| placed(&error))?;
    let dir = slot.join(what.destination);
    tree::remove(room.disk, &dir).map_err(|error| placed(&error))?;
    paths::make_dirs(room.disk, slot, what.destination).map_err(|error| placed(&error))?;
    let written = what.contents.write(room.disk, &dir);
    written.map_err(|error| placed(&error))
}

/// Reads what the hooks left of it.
fn taken(room: &HookRoom<'_>, slot: &Path, what: &ToCommit<'_>) -> Result<Contents, Unheard> {
    let refused = |error: &dyn std::error::Error| {
        let story = piton_base::on_one_line(error);
        Unheard::Refused(format!("a hook changed the migration: {story}"))
    };
    paths::refuse_links(room.disk, slot, what.destination).map_err(|error| refused(&error))?;
    let left = Contents::read(room.disk, &slot.join(what.destination));
    Ok(left.map_err(|error| refused(&error))?.unwrap_or_default())
}

/// Receipts are told in lines.
fn on_a_line(text: &str) -> String {
    text.replace('\n', "; ")
}
