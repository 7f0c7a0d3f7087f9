//! Running an agent on the user's own terminal.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use piton_durable::{Disk, DiskError};
use rustix::process::Signal;
use thiserror::Error;

use super::settle::{Fingerprint, Settle, done_file};
use super::terminal::Terminal;
use crate::process::{ExitKind, MARKER, Tree, can_be_looked_at, put_on};
use piton_base::{Clock, Stop};

/// An agent to run on the user's terminal.
#[derive(Clone, Debug)]
pub struct Session {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub directory: PathBuf,
    pub environment: BTreeMap<OsString, OsString>,
    /// The file that the agent says is done; without one the session lasts
    /// until the agent ends.
    pub content: Option<PathBuf>,
    /// Names the session's processes.
    pub token: String,
    /// What the agent may do, where it is sealed.
    pub seal: Option<piton_seal::Request>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// The agent ended by itself; with a content file, that one was done.
    Ended(ExitKind),
    /// The content was done, and the agent was ended.
    Settled(ExitKind),
    /// piton was told to stop, and the agent was ended.
    Stopped(ExitKind),
}

/// Why a session is over.
enum Over {
    Ended(ExitKind),
    Settled,
    Stopped,
}

/// Failure of a session.
#[derive(Debug, Error)]
pub enum SessionError {
    #[error("could not start {}", program.display())]
    Start {
        program: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the agent ended ({exit}) before {} was finished; run the command again", content.display())]
    Unfinished { content: PathBuf, exit: ExitKind },
    #[error("could not watch {}", path.display())]
    Watch {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Disk(#[from] DiskError),
}

const LOOK: Duration = Duration::from_millis(100);

/// The signals that end an agent, and how long each has.
const ENDING: [(Signal, Duration); 3] = [
    (Signal::INT, Duration::from_secs(1)),
    (Signal::TERM, Duration::from_secs(2)),
    (Signal::KILL, Duration::from_secs(5)),
];

/// Runs a session to its end. `terminal` is put back as it was, whatever happens.
pub fn run(
    session: &Session,
    mut terminal: Option<Terminal>,
    disk: &dyn Disk,
    stop: &Stop,
    clock: &dyn Clock,
) -> Result<SessionEnd, SessionError> {
    if let Some(content) = &session.content {
        let path = done_file(content);
        match disk.remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    // Who cannot be looked at cannot be ended.
    let started = can_be_looked_at().and_then(|()| spawn(session));
    let child = started.map_err(|source| SessionError::Start {
        program: session.program.clone(),
        source,
    })?;
    let tree = Tree::of(Some(child.id()), &session.directory, &session.token);
    let mut seat = Seat {
        child,
        tree,
        gone: None,
    };
    let over = seat.watch(session, disk, stop, clock);
    let forced = seat.gone.is_none();
    seat.end(clock);
    if let (true, Some(terminal)) = (forced, &mut terminal) {
        // The session is over and its result stands; a terminal that cannot be
        // written to is nothing that this could still help.
        let _ = terminal.reset_modes();
    }
    let exit = seat.gone.unwrap_or(ExitKind::Unknown);
    Ok(match over? {
        Over::Ended(exit) => SessionEnd::Ended(exit),
        Over::Settled => SessionEnd::Settled(exit),
        Over::Stopped => SessionEnd::Stopped(exit),
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the room where agents are given the terminal"
)]
fn spawn(session: &Session) -> io::Result<Child> {
    // In piton's own group: another one would not be allowed to read the keys.
    let mut command = Command::new(&session.program);
    command
        .args(&session.arguments)
        .current_dir(&session.directory)
        .env_clear()
        .envs(&session.environment)
        .env(MARKER, &session.token);
    put_on(&mut command, session.seal.as_ref())?;
    command.spawn()
}

struct Seat {
    child: Child,
    tree: Tree,
    gone: Option<ExitKind>,
}

impl Seat {
    fn watch(
        &mut self,
        session: &Session,
        disk: &dyn Disk,
        stop: &Stop,
        clock: &dyn Clock,
    ) -> Result<Over, SessionError> {
        let mut settle = Settle::default();
        loop {
            stop.wait(LOOK);
            let watching = |source| SessionError::Watch {
                path: session.program.clone(),
                source,
            };
            self.gone = self.child.try_wait().map_err(watching)?.map(ExitKind::from);
            let seen = match &session.content {
                None => None,
                Some(content) => {
                    let failed = |source| SessionError::Watch {
                        path: content.clone(),
                        source,
                    };
                    // Between looking and reading the agent may replace a file.
                    match Fingerprint::of(disk, content) {
                        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                        seen => seen.map_err(failed)?,
                    }
                }
            };
            match (self.gone, &session.content) {
                (Some(exit), Some(content)) if seen.is_none() => {
                    return Err(SessionError::Unfinished {
                        content: content.clone(),
                        exit,
                    });
                }
                (Some(exit), _) => return Ok(Over::Ended(exit)),
                (None, _) if stop.requested() => return Ok(Over::Stopped),
                (None, _) if settle.look(clock.elapsed(), seen) => return Ok(Over::Settled),
                (None, _) => {}
            }
        }
    }

    /// Ends what is left, ever less politely.
    fn end(&mut self, clock: &dyn Clock) {
        for (signal, patience) in ENDING {
            let since = clock.elapsed();
            if self.over() {
                return;
            }
            self.tree.signal(signal, self.gone.is_none());
            while !self.over() && clock.elapsed().saturating_sub(since) < patience {
                clock.pause(Duration::from_millis(20));
            }
        }
    }

    fn over(&mut self) -> bool {
        if self.gone.is_none() {
            self.gone = self.child.try_wait().ok().flatten().map(ExitKind::from);
        }
        self.gone.is_some() && self.tree.is_clear()
    }
}
