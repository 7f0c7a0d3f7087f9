//! The end of what a program prints.

use std::collections::VecDeque;

use piton_agent::redact::{Redacting, Redactor};

/// How many of the last lines are kept.
const LINES: usize = 20;
/// No line is kept beyond this.
const LONGEST: usize = 400;

/// The last lines of an output.
#[derive(Debug, Default)]
pub(crate) struct LastLines {
    lines: VecDeque<String>,
    open: String,
}

impl LastLines {
    fn take(&mut self, bytes: &[u8]) {
        for piece in String::from_utf8_lossy(bytes).split_inclusive('\n') {
            if self.open.len() < LONGEST {
                self.open.push_str(piece.trim_end_matches(['\n', '\r']));
            }
            if piece.ends_with('\n') {
                self.lines.push_back(std::mem::take(&mut self.open));
                if self.lines.len() > LINES {
                    self.lines.pop_front();
                }
            }
        }
    }

    pub(crate) fn into_text(mut self) -> String {
        if !self.open.is_empty() {
            self.lines.push_back(self.open);
        }
        Vec::from(self.lines).join("\n")
    }
}

/// An output without secrets, of which the last lines are kept.
pub(crate) struct Redacted<'a> {
    redacting: Redacting<'a>,
    pub(crate) last: LastLines,
}

impl<'a> Redacted<'a> {
    pub(crate) fn by(redactor: &'a Redactor) -> Self {
        Self {
            redacting: redactor.stream(),
            last: LastLines::default(),
        }
    }

    /// Takes up what comes, and returns what of it may be shown.
    pub(crate) fn take(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut clean = Vec::new();
        self.redacting.feed(chunk, &mut clean);
        self.last.take(&clean);
        clean
    }
}
