//! Output that is the reply itself.

use super::{Dialect, Transcript};
use crate::watchdog::Standing;

/// The longest reply that is taken.
const LONGEST: usize = 8 << 20;

/// Takes everything printed as the reply.
#[derive(Debug, Default)]
pub struct Plain {
    text: Vec<u8>,
    overflow: bool,
}

impl Dialect for Plain {
    fn feed(&mut self, chunk: &[u8]) {
        let room = LONGEST - self.text.len();
        self.overflow |= chunk.len() > room;
        self.text.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }

    fn standing(&self) -> Standing {
        Standing::Working
    }

    fn finish(self: Box<Self>) -> Transcript {
        let text = String::from_utf8_lossy(&self.text).into_owned();
        Transcript {
            lines: text.lines().count() as u64,
            text: (!text.trim().is_empty()).then_some(text),
            overflow: self.overflow,
            ..Transcript::default()
        }
    }
}
