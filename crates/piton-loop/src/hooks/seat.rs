//! One sealed place in which hooks, and git after them, run one by one.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use piton_agent::environment;
use piton_agent::process::{ExitKind, Launch, Marker, Sink, supervise};
use piton_agent::redact::Redactor;
use piton_agent::sealing::{Enclosure, MET_THE_SEAL, Needs, Purpose, met_the_seal};
use piton_agent::watchdog::EndReason;
use piton_git::slot::Slot;
use piton_seal::CacheSet;

use super::error::{HookError, Unheard};
use super::room::HookRoom;
use crate::last_lines::Redacted;

/// More than this of an output is not kept: it is a list of paths.
const MOST: usize = 16 << 20;

/// A sealed place for all that runs around one commit. Dropping it takes its
/// temporary directory and its note away.
pub(super) struct Seat<'r> {
    room: &'r HookRoom<'r>,
    slot: &'r Path,
    git: PathBuf,
    place: Enclosure<'r>,
    marker: Marker,
    redactor: Redactor,
    token: String,
}

/// How one program ended.
pub(super) struct Ran {
    pub(super) stdout: Vec<u8>,
    /// Nothing when it ended well; else what it said.
    pub(super) refused: Option<String>,
}

impl<'r> Seat<'r> {
    pub(super) fn take(room: &'r HookRoom<'r>, slot: &'r Slot) -> Result<Self, HookError> {
        let token = format!("{}-hooks", room.token);
        let needs = Needs {
            write: vec![slot.dir().to_owned()],
            purpose: Purpose::Other,
            caches: CacheSet::of_slot(slot.number()),
            ..Needs::default()
        };
        let place = Enclosure::make(&room.slots.terms, needs, &token, room.disk)?;
        let mut marker = Marker::of(&token).with_temporary(place.temporary());
        let note = |source| HookError::Note {
            path: room.notes.to_owned(),
            source,
        };
        marker.leave(room.disk, room.notes).map_err(note)?;
        Ok(Self {
            git: room.host.find_program("git").ok_or(HookError::NoGit)?,
            redactor: Redactor::new(environment::secrets(room.host)),
            slot: slot.dir(),
            room,
            place,
            marker,
            token,
        })
    }

    /// Runs git in the slot, with more variables.
    pub(super) fn git(
        &self,
        arguments: Vec<String>,
        variables: impl IntoIterator<Item = (String, OsString)>,
    ) -> Result<Ran, Unheard> {
        let launch = Launch {
            program: self.git.clone(),
            arguments,
            directory: self.slot.to_owned(),
            environment: self.environment(variables),
            input: Vec::new(),
            token: self.token.clone(),
            seal: self.place.request(),
        };
        let mut output = Output {
            stdout: Vec::new(),
            printed: Redacted::by(&self.redactor),
        };
        let room = self.room;
        let limits = room.limits;
        let ended = supervise(&launch, &mut output, &limits, room.stop, room.clock)?;
        let refused = match (ended.reason, ended.exit) {
            (Some(EndReason::Stopped), _) => return Err(Unheard::Stopped),
            (None, ExitKind::Code(0)) => None,
            (None, exit) => Some(format!("({exit})")),
            (Some(EndReason::Deadline), _) => Some("(it was not done in time)".to_owned()),
            (Some(EndReason::Idle | EndReason::Hopeless | EndReason::AfterResult), _) => {
                Some("(it was silent for too long)".to_owned())
            }
        };
        let refused = refused.map(|how| {
            let last = output.printed.last.into_text();
            let sealed = launch.seal.is_some() && met_the_seal(&last);
            let told = if sealed { MET_THE_SEAL } else { "" };
            let lines = [how.as_str(), last.trim(), told];
            let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
            lines.join("\n")
        });
        Ok(Ran {
            stdout: output.stdout,
            refused,
        })
    }

    fn environment(
        &self,
        variables: impl IntoIterator<Item = (String, OsString)>,
    ) -> BTreeMap<OsString, OsString> {
        let mut environment = environment::of_the_user(self.room.host);
        self.place.set(&mut environment);
        // As `git commit` has it when it is given its message.
        for (name, value) in [
            ("GIT_EDITOR", ":"),
            ("GIT_INDEX_FILE", ".git/index"),
            ("GIT_TERMINAL_PROMPT", "0"),
        ] {
            environment.insert(name.into(), value.into());
        }
        let more = variables.into_iter();
        environment.extend(more.map(|(name, value)| (name.into(), value)));
        environment
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        // A note that stays only makes the next piton look once more.
        let _ = self.marker.clear(self.room.disk, self.room.notes);
    }
}

struct Output<'a> {
    stdout: Vec<u8>,
    printed: Redacted<'a>,
}

impl Sink for Output<'_> {
    fn stdout(&mut self, chunk: &[u8]) -> io::Result<()> {
        if self.stdout.len() + chunk.len() <= MOST {
            self.stdout.extend_from_slice(chunk);
        }
        self.printed.take(chunk);
        Ok(())
    }

    fn stderr(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.printed.take(chunk);
        Ok(())
    }
}
