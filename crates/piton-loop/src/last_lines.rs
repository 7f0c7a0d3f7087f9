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

#[cfg(test)]
mod tests {
    use super::*;

    fn last(pieces: &[&str]) -> String {
        let mut last = LastLines::default();
        for piece in pieces {
            last.take(piece.as_bytes());
        }
        last.into_text()
    }

    #[test]
    fn the_last_twenty_lines_stay_however_they_come_and_one_without_an_end_as_well() {
        let lines = |from: usize| (from..30).map(|number| number.to_string());
        let text: Vec<String> = lines(0).collect();
        let kept: Vec<String> = lines(10).collect();
        let text = text.join("\r\n") + "\n";
        assert_eq!(last(&[&text]), kept.join("\n"));
        let (one, two) = text.split_at(40);
        assert_eq!(last(&[one, two]), kept.join("\n"));
        assert_eq!(last(&["a\nb"]), "a\nb");
        assert_eq!(last(&["a\n"]), "a");
    }

    #[test]
    fn a_line_is_not_added_to_once_it_is_long() {
        let (nearly, long) = ("x".repeat(LONGEST - 1), "x".repeat(LONGEST));
        assert_eq!(last(&[&nearly, "y", "z\n"]), format!("{nearly}y"));
        assert_eq!(last(&[&long, "y\n", "b"]), format!("{long}\nb"));
    }
}
