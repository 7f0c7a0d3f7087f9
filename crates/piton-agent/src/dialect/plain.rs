//! Output that is the reply itself.

use super::{Dialect, Transcript};
use crate::outcome::Reply;
use crate::watchdog::Standing;

/// No more of a line is told than this.
const LINE: usize = 200;

/// Takes everything printed as the reply.
#[derive(Debug, Default)]
pub struct Plain {
    text: Vec<u8>,
    overflow: bool,
    /// Before its end there is only what it printed last.
    so_far: Transcript,
}

impl Dialect for Plain {
    fn feed(&mut self, chunk: &[u8]) {
        let room = Reply::LONGEST - self.text.len();
        self.overflow |= chunk.len() > room;
        self.text.extend_from_slice(&chunk[..chunk.len().min(room)]);
        let printed = String::from_utf8_lossy(chunk);
        let last = printed.lines().rfind(|line| !line.trim().is_empty());
        if let Some(last) = last {
            self.so_far.doing = Some(last.chars().take(LINE).collect());
        }
    }

    fn standing(&self) -> Standing {
        Standing::Working
    }

    fn so_far(&self) -> &Transcript {
        &self.so_far
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
