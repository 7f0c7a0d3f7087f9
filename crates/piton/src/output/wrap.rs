//! Text for people, broken between words where a terminal would break it.
//!
//! A command in back-ticks stays on one line, so that it can be copied, and so
//! does a word that is longer than the line.

use piton_base::terminal::columns;

/// How much further than its first line the others of a text begin.
const HANGING: usize = 2;

/// Returns a text whose lines take no more than `width` columns where that can
/// be.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line, "\n"),
            None => (line, ""),
        };
        if seen(line) <= width {
            out.push_str(line);
        } else {
            let indent = line.len() - line.trim_start_matches(' ').len();
            let hanging = format!("\n{}", " ".repeat(indent + HANGING));
            let room = width.saturating_sub(indent + HANGING).max(20);
            let lines = fill(line, width.max(20), room);
            out.push_str(&lines.join(&hanging));
        }
        out.push_str(end);
    }
    out
}

/// Breaks a text into lines of no more than `room` columns.
pub(crate) fn broken(text: &str, room: usize) -> Vec<String> {
    fill(text.trim(), room, room)
}

fn fill(line: &str, first: usize, others: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (gap, unit) in units(line) {
        let room = if lines.len() <= 1 { first } else { others };
        match lines.last_mut() {
            Some(last) if seen(last) + gap + seen(&unit) <= room => {
                last.push_str(&" ".repeat(gap));
                last.push_str(&unit);
            }
            Some(_) => lines.push(unit),
            None => lines.push(" ".repeat(gap) + &unit),
        }
    }
    lines
}

/// Returns what must not be broken, each with the blanks before it.
fn units(line: &str) -> Vec<(usize, String)> {
    let mut units: Vec<(usize, String)> = Vec::new();
    let mut gap = 0;
    let mut left = line.matches('`').count();
    let mut open = false;
    for (at, word) in line.split(' ').enumerate() {
        gap += usize::from(at > 0);
        if word.is_empty() {
            continue;
        }
        match units.last_mut() {
            Some((_, unit)) if open => {
                unit.push_str(&" ".repeat(gap));
                unit.push_str(word);
            }
            Some(_) | None => units.push((gap, word.to_owned())),
        }
        gap = 0;
        let ticks = word.matches('`').count();
        left -= ticks;
        // A tick that nothing closes is a tick.
        open = (open ^ (ticks % 2 == 1)) && left > 0;
    }
    units
}

/// The columns that are seen of a text, which may be coloured.
fn seen(text: &str) -> usize {
    if text.contains('\u{1b}') {
        columns(&anstream::adapter::strip_str(text).to_string())
    } else {
        columns(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_never_in_a_command() {
        let text = "hint: look at it, and then `piton migration show a` tells more\nshort\n";
        assert_eq!(
            wrap(text, 40),
            "hint: look at it, and then\n  `piton migration show a` tells more\nshort\n"
        );
        assert_eq!(
            wrap("        ok  an-action-of-some-length — committed", 40),
            "        ok  an-action-of-some-length —\n          committed"
        );
        let long = "see https://example.com/a/very/long/address/indeed";
        assert_eq!(wrap(long, 30), long.replace("see ", "see\n  "));
        assert_eq!(
            broken("  one `two three` four ", 12),
            ["one", "`two three`", "four"]
        );
        let coloured = "\u{1b}[36mhint\u{1b}[0m: go on";
        assert_eq!(wrap(coloured, 20), coloured);
        assert_eq!(broken("a `b c d e f", 4), ["a `b", "c d", "e f"]);
        assert_eq!(wrap("", 20), "");
    }
}
