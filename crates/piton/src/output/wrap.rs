//! Text for people, broken between words where a terminal would break it.
//!
//! A command in back-ticks stays on one line, so that it can be copied, and so
//! does a word that is longer than the line.

use std::borrow::Cow;

use piton_base::terminal::columns;

/// How much further than its first line the others of a text begin.
const HANGING: usize = 2;

/// The widest group in brackets that is kept together.
const GROUP: usize = 48;

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
            let hanging = hanging(line).min(width / 2);
            let room = width.saturating_sub(hanging).max(20);
            let lines = fill(&with_label(units(line)), width.max(20), room);
            out.push_str(&lines.join(&format!("\n{}", " ".repeat(hanging))));
        }
        out.push_str(end);
    }
    out
}

/// Breaks a text into lines of no more than `room` columns.
pub(crate) fn broken(text: &str, room: usize) -> Vec<String> {
    fill(&units(text.trim()), room, room)
}

/// Returns where the further lines of a line begin: below what its label is
/// about, or a little further in than itself.
fn hanging(line: &str) -> usize {
    let plain = plain(line);
    let inner = plain.trim_start();
    let indent = columns(&plain) - columns(inner);
    let label = inner.split(' ').next().unwrap_or_default();
    let after = inner[label.len()..].trim_start();
    let gap = inner.len() - label.len() - after.len();
    if gap >= 2 || label.ends_with(':') {
        indent + columns(label) + gap
    } else {
        indent + HANGING
    }
}

/// Keeps a label and what comes after it together.
fn with_label(mut units: Vec<(usize, String)>) -> Vec<(usize, String)> {
    if units.len() > 1 {
        let (gap, after) = units.remove(1);
        units[0].1.push_str(&" ".repeat(gap));
        units[0].1.push_str(&after);
    }
    units
}

fn fill(units: &[(usize, String)], first: usize, others: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (at, (gap, unit)) in units.iter().enumerate() {
        let room = if lines.len() <= 1 { first } else { others };
        // What follows a dash stands together on the next line, if it does not
        // on this one.
        let needed = if unit == "\u{2014}" {
            let rest = units[at..].iter().map(|(gap, unit)| gap + seen(unit));
            rest.sum::<usize>().min(others)
        } else {
            gap + seen(unit)
        };
        match lines.last_mut() {
            Some(last) if seen(last) + needed <= room => {
                last.push_str(&" ".repeat(*gap));
                last.push_str(unit);
            }
            Some(_) => lines.push(unit.clone()),
            None => lines.push(" ".repeat(*gap) + unit),
        }
    }
    lines
}

/// Returns what must not be broken, each with the blanks before it.
fn units(line: &str) -> Vec<(usize, String)> {
    let words: Vec<&str> = line.split(' ').collect();
    let mut units: Vec<(usize, String)> = Vec::new();
    let mut gap = 0;
    let mut ticks_left = line.matches('`').count();
    let mut in_ticks = false;
    // The last word of the group in brackets that was begun.
    let mut group = 0;
    for (at, word) in words.iter().enumerate() {
        gap += usize::from(at > 0);
        if word.is_empty() {
            continue;
        }
        match units.last_mut() {
            Some((_, unit)) if in_ticks || at <= group => {
                unit.push_str(&" ".repeat(gap));
                unit.push_str(word);
            }
            Some(_) | None => units.push((gap, (*word).to_owned())),
        }
        gap = 0;
        if at >= group
            && let Some(length) = in_brackets(&words[at..])
        {
            group = at + length;
        }
        let ticks = word.matches('`').count();
        ticks_left -= ticks;
        // A tick that nothing closes is a tick.
        in_ticks = (in_ticks ^ (ticks % 2 == 1)) && ticks_left > 0;
    }
    units
}

/// Returns how many more words belong to the group in brackets that the first
/// one begins, where it is short.
fn in_brackets(words: &[&str]) -> Option<usize> {
    let begins = words.first()?.starts_with('(');
    let length = words.iter().position(|word| word.contains(')'))?;
    let width: usize = words[..=length].iter().map(|word| seen(word) + 1).sum();
    (begins && width <= GROUP).then_some(length)
}

/// The columns that are seen of a text, which may be coloured.
fn seen(text: &str) -> usize {
    columns(&plain(text))
}

/// Returns a text without what colours it, or steers a terminal otherwise.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains(|c: char| c.is_ascii_control() && !c.is_ascii_whitespace()) {
        anstream::adapter::strip_str(text).to_string().into()
    } else {
        text.into()
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
            "hint: look at it, and then\n      `piton migration show a` tells\n      more\nshort\n"
        );
        let long = "see https://example.com/a/very/long/address/indeed";
        assert_eq!(wrap(long, 30), long);
        assert_eq!(
            broken("  one `two three` four ", 11),
            ["one", "`two three`", "four"]
        );
        assert_eq!(broken("a `b c d e f", 4), ["a `b", "c d", "e f"]);
        let coloured = "\u{1b}[36mhint\u{1b}[0m: go on";
        assert_eq!(wrap(coloured, 20), coloured);
        assert_eq!(wrap("", 20), "");
    }

    #[test]
    fn further_lines_stand_below_what_the_label_is_about() {
        let receipt = "        \u{1b}[32mok\u{1b}[0m  an:action:of-some-length — committed as 1a2b";
        assert_eq!(
            plain(&wrap(receipt, 44)),
            "        ok  an:action:of-some-length\n            — committed as 1a2b"
        );
        assert_eq!(
            wrap("        ok  an:action:that-is-longer-than-a-line", 30),
            "        ok  an:action:that-is-longer-than-a-line"
        );
        assert_eq!(
            wrap("asking an agent for it (run 2026-1)", 30),
            "asking an agent for it\n  (run 2026-1)"
        );
        assert_eq!(wrap("ab (c d", 20), "ab (c d");
    }
}
