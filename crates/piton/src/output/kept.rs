//! Lines that stay at the end of the terminal while others scroll above them.

use std::io::{self, Write};

/// The lines that are kept, and how many of them stand there now.
#[derive(Debug, Default)]
pub(super) struct Kept {
    lines: Vec<String>,
    painted: usize,
}

impl Kept {
    /// Keeps other lines from now on.
    pub(super) fn replace(&mut self, lines: Vec<String>) {
        if self.lines == lines && self.painted == lines.len() {
            return;
        }
        self.make_room();
        self.lines = lines;
        self.paint();
    }

    /// Takes the lines away, so that something else can be written.
    pub(super) fn make_room(&mut self) {
        if self.painted > 0 {
            put(&erased(self.painted));
            self.painted = 0;
        }
    }

    /// Puts the lines back.
    pub(super) fn paint(&mut self) {
        if !self.lines.is_empty() {
            put(&self.lines.join("\n"));
            self.painted = self.lines.len();
        }
    }
}

/// Returns what takes away lines at whose end the cursor stands.
fn erased(lines: usize) -> String {
    const THIS_LINE: &str = "\r\x1b[2K";
    const LINE_ABOVE: &str = "\x1b[1A\x1b[2K";
    let mut erasing = THIS_LINE.to_owned();
    erasing.extend(std::iter::repeat_n(LINE_ABOVE, lines.saturating_sub(1)));
    erasing
}

/// A terminal that went away takes its lines with it.
fn put(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_lines_are_taken_away_as_were_painted() {
        assert_eq!(erased(1), "\r\x1b[2K");
        assert_eq!(erased(3), "\r\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2K");
    }
}
