//! What is told of a program while it runs, up to its end.

use std::io;
use std::time::Duration;

use super::ExitKind;
use crate::watchdog::{EndReason, Standing};

/// Takes what a program prints, as it comes.
pub trait Sink {
    fn started(&mut self, _pid: u32) {}

    fn stdout(&mut self, chunk: &[u8]) -> io::Result<()>;

    fn stderr(&mut self, chunk: &[u8]) -> io::Result<()>;

    /// Returns what the program is doing, as far as its output tells.
    fn standing(&self) -> Standing {
        Standing::Working
    }

    /// Whether the program is talked with, so that its input stays open.
    fn converses(&self) -> bool {
        false
    }

    /// Returns what is to be written to its input now.
    fn answers(&mut self) -> Vec<u8> {
        Vec::new()
    }

    fn ending(&mut self, _reason: EndReason) {}
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    pub exit: ExitKind,
    /// Why it was ended, when it did not end by itself.
    pub reason: Option<EndReason>,
    pub lasted: Duration,
    /// How long it had been silent when it ended or was ended.
    pub silent_for: Duration,
    /// How many processes were still there after the program itself was gone.
    pub left_behind: usize,
    pub survivors: Survivors,
}

/// What of a program lives on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Survivors {
    None,
    /// Processes that could not be ended, which takes a bug in the kernel or
    /// another user's process.
    Known(Vec<i32>),
    /// Why nobody could look.
    Untold(String),
}

impl Survivors {
    /// Tells what a person has to do about them.
    pub(crate) fn told(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Known(processes) => Some(format!(
                "processes {processes:?} could not be ended; end them by hand"
            )),
            Self::Untold(why) => Some(format!(
                "whether its processes have ended could not be seen: {why}; end them by hand"
            )),
        }
    }
}
