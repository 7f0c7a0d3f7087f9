//! Output that is the reply itself.

use super::{Dialect, Transcript};
use crate::outcome::Reply;
use crate::watchdog::Standing;

/// Takes everything printed as the reply.
#[derive(Debug, Default)]
pub struct Plain {
    text: Vec<u8>,
    overflow: bool,
    /// Nothing can be told of it before its end.
    so_far: Transcript,
}

impl Dialect for Plain {
    fn feed(&mut self, chunk: &[u8]) {
        let room = Reply::LONGEST - self.text.len();
        self.overflow |= chunk.len() > room;
        self.text.extend_from_slice(&chunk[..chunk.len().min(room)]);
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
