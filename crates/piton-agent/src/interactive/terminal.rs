//! The user's terminal, as it was before an agent had it.

use std::fs::File;
use std::io::{self, IsTerminal, Write};

use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

/// The modes that a full-screen agent leaves on when it is ended by force: the
/// keyboard's enhancement, bracketed paste, reports of focus and of modified
/// keys, the hidden cursor.
const RESET: &[u8] = b"\x1b[<u\x1b[?2004l\x1b[?1004l\x1b[>4;0m\x1b[?25h";

/// A terminal with its settings remembered. Dropping it puts them back.
#[derive(Debug)]
pub struct Terminal {
    device: File,
    saved: Termios,
}

impl Terminal {
    /// Remembers the settings of a terminal; `None` for what is none.
    pub fn remember(device: File) -> Option<Self> {
        let saved = device.is_terminal().then(|| tcgetattr(&device).ok())??;
        Some(Self { device, saved })
    }

    /// Undoes what an agent that was ended by force left on, and throws away
    /// what was typed or answered meanwhile.
    pub(crate) fn reset_modes(&mut self) -> io::Result<()> {
        self.device.write_all(RESET)?;
        self.device.flush()?;
        Ok(tcflush(&self.device, QueueSelector::IFlush)?)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A terminal that was closed meanwhile has nothing to put back.
        let _ = tcsetattr(&self.device, OptionalActions::Now, &self.saved);
    }
}
