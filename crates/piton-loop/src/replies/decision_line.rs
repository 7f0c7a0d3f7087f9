//! The line by which an agent gives its decision.
//!
//! Agents dress such lines up: as a list item, in bold, in back-ticks. The
//! original refuses all of that and the call is lost; here a dressed line
//! counts when no plain one is there, so that wherever the original finds an
//! answer, this finds the same.

use piton_migration::text::{is_space, lines, strip, strip_word};

/// What follows `key:` on a decision line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DecisionLine<'a> {
    /// The rest of the line, trimmed, from the verdict on.
    pub(crate) rest: &'a str,
    /// Whether list and emphasis marks may stand around the words.
    dressed: bool,
}

impl<'a> DecisionLine<'a> {
    /// Returns the last line that starts with `key:` and that `read`
    /// understands; plain lines come before dressed ones.
    pub(crate) fn last<T>(
        text: &'a str,
        key: &str,
        read: impl Fn(DecisionLine<'a>) -> Option<T>,
    ) -> Option<T> {
        let found: Vec<&str> = lines(text).map(strip).collect();
        let plain = found.iter().rev().filter_map(|line| plain(line, key));
        let dressed = found.iter().rev().filter_map(|line| dressed(line, key));
        plain.chain(dressed).find_map(read)
    }

    /// Splits a leading `word`, in any case, off the rest of the line. What
    /// follows it is cleared of the marks that closed an emphasis.
    pub(crate) fn take_word(self, word: &str) -> Option<&'a str> {
        let after = strip_word(self.rest, word)?;
        if !self.dressed {
            return Some(after);
        }
        let opened_after_verdict = after.trim_start_matches(is_mark);
        let closed = opened_after_verdict.len() < after.len();
        Some(if closed || opened_after_verdict.is_empty() {
            opened_after_verdict
        } else {
            // The emphasis opened before the verdict ends with the line.
            after.trim_end_matches(['*', '_'])
        })
    }
}

fn plain<'a>(line: &'a str, key: &str) -> Option<DecisionLine<'a>> {
    let after = strip_word(line, key)?.strip_prefix(':')?;
    Some(DecisionLine {
        rest: strip(after),
        dressed: false,
    })
}

fn dressed<'a>(line: &'a str, key: &str) -> Option<DecisionLine<'a>> {
    let line = without_bullet(line).trim_start_matches(is_mark);
    let after = strip_word(line, key)?
        .trim_start_matches(is_mark)
        .strip_prefix(':')?;
    Some(DecisionLine {
        rest: strip(after).trim_start_matches(|c| is_mark(c) || is_space(c)),
        dressed: true,
    })
}

/// Takes `- `, `* `, `+ `, `> `, `## `, `1. ` and `2) ` off the front.
fn without_bullet(line: &str) -> &str {
    let marker = line.trim_start_matches(['-', '*', '+', '•', '>', '#']);
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if marker.len() < line.len() {
        marker
    } else if digits.len() < line.len() {
        digits.strip_prefix(['.', ')']).unwrap_or(line)
    } else {
        line
    };
    if rest.starts_with(is_space) {
        strip(rest)
    } else {
        line
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '*' | '_' | '`')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str) -> Option<String> {
        DecisionLine::last(text, "ready", |line| {
            line.take_word("no").map(|rest| strip(rest).to_owned())
        })
    }

    #[test]
    fn list_items_and_emphasis_are_seen_through() {
        for text in [
            "- ready: no — why",
            "* **ready:** no — why",
            "**Ready**: no — why",
            "**ready: no — why**",
            "1. `ready: no` — why",
            "> ready: **no** — why",
            "### ready: no — why",
        ] {
            assert_eq!(rest(text).as_deref(), Some("— why"), "{text}");
        }
    }

    #[test]
    fn a_plain_line_wins_over_a_dressed_one_that_comes_later() {
        assert_eq!(rest("ready: no 1\n- ready: no 2").as_deref(), Some("1"));
    }

    #[test]
    fn marks_inside_the_reason_stay() {
        assert_eq!(
            rest("- ready: no — fix `a*b` first").as_deref(),
            Some("— fix `a*b` first")
        );
    }

    #[test]
    fn other_words_before_the_key_do_not_match() {
        assert_eq!(rest("not ready: no"), None);
        assert_eq!(rest("-ready: no"), None);
        assert_eq!(rest("réady: no"), None);
    }
}
