//! Running the command that prepares a slot.

use std::io;
use std::path::Path;

use piton_agent::process::{ExitKind, Launch, LaunchError, Sink, supervise};
use piton_agent::redact::Redactor;
use piton_agent::sealing::{
    Enclosure, EnclosureError, MET_THE_SEAL, Needs, SealTerms, met_the_seal,
};
use piton_agent::watchdog::EndReason;
use piton_agent::{Host, Limits, environment};
use piton_base::{Clock, Stop};
use piton_durable::{Appender, Disk, DiskError};
use piton_git::slot::{Setup, Slot, SlotError};
use piton_seal::CacheSet;

use crate::last_lines::Redacted;
use crate::runs::because;

/// No more than this is stored of what it prints.
const MOST_STORED: usize = 16 << 20;

/// A command that prepares a slot, with all that running it takes.
#[derive(Clone, Debug)]
pub struct SetupCommand {
    pub setup: Setup,
    /// Program and arguments.
    pub words: Vec<String>,
    pub host: Host,
    pub limits: Limits,
    pub terms: SealTerms,
}

/// A slot was not prepared.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("the program {program:?} of `slot.setup` was not found")]
    NoProgram { program: String },
    #[error("`slot.setup` could not be run")]
    Launch(#[from] LaunchError),
    #[error(transparent)]
    Enclosure(#[from] EnclosureError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("`slot.setup` ended with {exit}; the last it printed was:\n{last}{}", if *met_the_seal { format!("\n{MET_THE_SEAL}") } else { String::new() })]
    Failed {
        exit: ExitKind,
        last: String,
        met_the_seal: bool,
    },
    #[error("`slot.setup` was ended: {}", because(*reason))]
    Ended { reason: EndReason },
    #[error(transparent)]
    Slot(#[from] SlotError),
}

impl SetupCommand {
    /// Runs the command if the slot needs it. Returns whether it did.
    pub fn prepare(
        &self,
        disk: &dyn Disk,
        slot: &Slot,
        log: &Path,
        token: &str,
        stop: &Stop,
        clock: &dyn Clock,
    ) -> Result<bool, SetupError> {
        let Some(due) = slot.setup_due(disk, &self.setup)? else {
            return Ok(false);
        };
        let (program, arguments) = self.words.split_first().ok_or(SetupError::NoProgram {
            program: String::new(),
        })?;
        let found = self.host.find_program(program);
        let needs = Needs {
            write: vec![slot.dir().to_owned()],
            caches: CacheSet::of_slot(slot.number()),
            ..Needs::default()
        };
        let place = Enclosure::make(&self.terms, needs, token, disk)?;
        let mut environment = environment::of_the_user(&self.host);
        place.set(&mut environment);
        let launch = Launch {
            program: found.ok_or_else(|| SetupError::NoProgram {
                program: program.clone(),
            })?,
            arguments: arguments.to_vec(),
            directory: slot.dir().to_owned(),
            environment,
            input: Vec::new(),
            token: token.to_owned(),
            seal: place.request(),
        };
        let redactor = Redactor::new(environment::secrets(&self.host));
        let mut output = Output {
            log: disk.append(log, 0o600)?,
            stored: 0,
            printed: Redacted::by(&redactor),
        };
        let ended = supervise(&launch, &mut output, &self.limits, stop, clock)?;
        match (ended.reason, ended.exit) {
            (Some(reason), _) => Err(SetupError::Ended { reason }),
            (None, ExitKind::Code(0)) => {
                slot.setup_done(disk, &due)?;
                Ok(true)
            }
            (None, exit) => {
                let last = output.printed.last.into_text();
                Err(SetupError::Failed {
                    exit,
                    met_the_seal: place.request().is_some() && met_the_seal(&last),
                    last,
                })
            }
        }
    }
}

/// What the command prints, on its way to the log.
struct Output<'a> {
    log: Box<dyn Appender>,
    stored: usize,
    printed: Redacted<'a>,
}

impl Output<'_> {
    fn take(&mut self, chunk: &[u8]) -> io::Result<()> {
        let clean = self.printed.take(chunk);
        self.stored += clean.len();
        if self.stored <= MOST_STORED {
            self.log.append(&clean)?;
        }
        Ok(())
    }
}

impl Sink for Output<'_> {
    fn stdout(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.take(chunk)
    }

    fn stderr(&mut self, chunk: &[u8]) -> io::Result<()> {
        self.take(chunk)
    }
}
