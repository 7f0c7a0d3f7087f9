//! What the demo says along the way.

use anstyle::{AnsiColor, Style};
use piton_base::terminal::{columns, cut};

use crate::output::{Channel, Level, Out};

/// Longer lines are hard to follow, however wide the terminal is.
const WIDEST: usize = 80;

/// Tells a story in chapters; silent where only a document is wanted.
#[derive(Debug)]
pub(super) struct Guide<'a> {
    out: &'a Out,
}

impl<'a> Guide<'a> {
    pub(super) const fn new(out: &'a Out) -> Self {
        Self { out }
    }

    pub(super) fn chapter(&self, title: &str) {
        let bold = Style::new().bold();
        self.say(&format!("\n{bold}{title}{bold:#}\n"));
    }

    pub(super) fn tell(&self, text: &str) {
        self.lines(text, (2, 0), Style::new());
    }

    pub(super) fn command(&self, line: &str) {
        self.lines(&format!("$ {line}"), (2, 2), AnsiColor::Cyan.on_default());
    }

    pub(super) fn result(&self, text: &str) {
        self.lines(text, (4, 2), Style::new());
    }

    /// Tells on one line, cut where it is too long.
    pub(super) fn briefly(&self, text: &str) {
        let line = cut(text, self.out.width().min(WIDEST) - 4);
        self.lines(&line, (4, 2), Style::new());
    }

    fn lines(&self, text: &str, (indent, hanging): (usize, usize), style: Style) {
        let width = self.out.width().min(WIDEST) - indent;
        for line in text.lines().flat_map(|line| broken(line, width, hanging)) {
            self.say(&format!("{:indent$}{style}{line}{style:#}", ""));
        }
    }

    fn say(&self, text: &str) {
        self.out.say(Channel::General, Level::INFO, text);
    }
}

/// Breaks a line at words; what follows is indented by so much more than the
/// line is. A word that is too long stays whole.
fn broken(line: &str, width: usize, hanging: usize) -> Vec<String> {
    let indent = line.len() - line.trim_start().len();
    let mut lines = Vec::new();
    let mut current = " ".repeat(indent);
    let mut empty = true;
    for word in line.trim_start().split(' ') {
        if !empty && columns(&current) + 1 + columns(word) > width {
            lines.push(std::mem::replace(
                &mut current,
                " ".repeat(indent + hanging),
            ));
            empty = true;
        }
        if !empty {
            current.push(' ');
        }
        current.push_str(word);
        empty = false;
    }
    lines.push(current);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_at_words_and_words_never() {
        assert_eq!(broken("  one two three", 9, 2), ["  one two", "    three"]);
        assert_eq!(broken("a /long/path b", 5, 0), ["a", "/long/path", "b"]);
        assert_eq!(broken("   3  word", 40, 2), ["   3  word"]);
        assert_eq!(broken("", 40, 2), [""]);
    }
}
