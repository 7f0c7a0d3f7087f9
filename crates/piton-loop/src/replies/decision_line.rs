//! The line by which an agent gives its decision.
//!
//! Agents dress such lines up: as a list item, in bold, in back-ticks. The
//! original refuses all of that and the call is lost; here a dressed line
//! counts when the whole text holds no plain one, so that wherever the original
//! finds an answer, this finds the same. What stands in a quotation or inside a
//! fence is somebody else's word, and no decision.

use piton_migration::text::{is_space, strip, strip_word};

use super::markdown::{self, Line};

/// What follows `key:` on a decision line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DecisionLine<'a> {
    /// The rest of the line, trimmed, from the verdict on.
    pub(crate) rest: &'a str,
    /// Whether list and emphasis marks may stand around the words.
    dressed: bool,
}

/// Two lines of one answer decide differently.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer contradicts itself: it says {first:?} and {second:?}")]
pub struct Contradiction {
    pub first: String,
    pub second: String,
}

impl<'a> DecisionLine<'a> {
    /// Returns the last line that starts with `key:` and that `read`
    /// understands, unless another such line decides differently: `choice` is
    /// the part of a value that counts. Plain lines come before dressed ones.
    pub(crate) fn only<T, C: PartialEq>(
        text: &'a str,
        key: &str,
        read: impl Fn(DecisionLine<'a>) -> Option<T>,
        choice: impl Fn(&T) -> C,
    ) -> Result<Option<T>, Contradiction> {
        let mut all = Self::all(text, key, read);
        let Some((line, value)) = all.pop() else {
            return Ok(None);
        };
        match all
            .iter()
            .find(|(_, other)| choice(other) != choice(&value))
        {
            Some((other, _)) => Err(Contradiction {
                first: (*other).to_owned(),
                second: line.to_owned(),
            }),
            None => Ok(Some(value)),
        }
    }

    /// Returns the lines that `read` understands: the plain ones, or where
    /// there is none, the dressed ones.
    fn all<T>(
        text: &'a str,
        key: &str,
        read: impl Fn(DecisionLine<'a>) -> Option<T>,
    ) -> Vec<(&'a str, T)> {
        let said: Vec<&str> = markdown::read(text)
            .into_iter()
            .filter_map(|line| match line {
                Line::Said(line) => Some(line),
                Line::Fenced { .. } | Line::Other => None,
            })
            .collect();
        let found = |form: fn(&'a str, &str) -> Option<DecisionLine<'a>>| -> Vec<(&'a str, T)> {
            let line = |line: &&'a str| Some((*line, read(form(line, key)?)?));
            said.iter().filter_map(line).collect()
        };
        let plain = found(plain);
        if plain.is_empty() {
            found(dressed)
        } else {
            plain
        }
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
            after.trim_end_matches(is_mark)
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

/// Takes `- `, `* `, `+ `, `## `, `1. ` and `2) ` off the front.
fn without_bullet(line: &str) -> &str {
    let marker = line.trim_start_matches(['-', '*', '+', '•', '#']);
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

    fn no(line: DecisionLine<'_>) -> Option<String> {
        line.take_word("no").map(|rest| strip(rest).to_owned())
    }

    fn rest(text: &str) -> Option<String> {
        DecisionLine::all(text, "ready", no)
            .pop()
            .map(|(_, value)| value)
    }

    #[test]
    fn list_items_and_emphasis_are_seen_through() {
        for text in [
            "- ready: no — why",
            "* **ready:** no — why",
            "**Ready**: no — why",
            "**ready: no — why**",
            "`ready: no — why`",
            "1. `ready: no` — why",
            "### ready: no — why",
        ] {
            assert_eq!(rest(text).as_deref(), Some("— why"), "{text}");
        }
    }

    #[test]
    fn a_plain_line_wins_over_dressed_ones_before_and_after_it() {
        for text in [
            "ready: no 1\n- ready: no 2",
            "- ready: no 2\nready: no 1",
            "ready: no 1\n`ready: no 2`\n**ready: no 3**",
            "ready: no 1\n1. ready: no 2\nbye",
        ] {
            assert_eq!(rest(text).as_deref(), Some("1"), "{text}");
        }
    }

    #[test]
    fn quotations_and_fences_decide_nothing() {
        for text in [
            "> ready: no",
            "> ready: **no** — why",
            "- > ready: no",
            "```\nready: no\n```",
            "~~~text\nready: no\n~~~",
            "- ```\n  ready: no\n  ```",
            "```\nready: no",
        ] {
            assert_eq!(rest(text), None, "{text}");
            let after = format!("ready: no 1\n\n{text}");
            assert_eq!(rest(&after).as_deref(), Some("1"), "{after}");
        }
    }

    #[test]
    fn lines_of_one_form_that_disagree_are_told() {
        let only = |text| DecisionLine::only(text, "ready", no, Clone::clone);
        assert_eq!(
            only("ready: no 1\nand so\nready: no 2"),
            Err(Contradiction {
                first: "ready: no 1".to_owned(),
                second: "ready: no 2".to_owned(),
            })
        );
        assert!(only("- ready: no 1\n- ready: no 2").is_err());
        assert_eq!(
            only("ready: no 1\nready: no 1").unwrap().as_deref(),
            Some("1")
        );
        // The dressed line does not count beside the plain one.
        assert_eq!(
            only("ready: no 1\n- ready: no 2").unwrap().as_deref(),
            Some("1")
        );
        assert_eq!(only("nothing of the kind"), Ok(None));
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
