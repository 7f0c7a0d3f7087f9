//! The line by which an agent gives its decision.
//!
//! Agents dress such lines up: as a list item, in bold, in back-ticks. The
//! original refuses all of that and the call is lost; here a dressed line
//! counts when the whole text holds no plain one, so that wherever the original
//! finds an answer, this finds the same. What stands in a quotation, in a
//! comment or inside a fence is somebody else's word, and no decision.

use std::borrow::Cow;

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

/// The lines that should decide do not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    #[error("the answer has no line {wanted}")]
    Missing { wanted: &'static str },
    #[error("the answer contradicts itself: it says {first:?} and {second:?}")]
    Contradiction { first: String, second: String },
    #[error("the answer decides nothing that is known: it says {line:?}")]
    Unknown { line: String },
}

/// The lines of a text under one key.
struct Lines<'a> {
    /// Those that can decide, as they are in the text.
    deciding: Vec<(&'a str, DecisionLine<'a>)>,
    /// Where it is mentioned elsewhere, when only dressed lines could decide.
    mentioned: Vec<(&'a str, DecisionLine<'a>)>,
}

impl<'a> DecisionLine<'a> {
    /// Returns the last line that starts with `key:` and that `read`
    /// understands, unless another such line decides differently: `choice` is
    /// the part of a value that counts. Plain lines come before dressed ones.
    ///
    /// A line that is not understood decides nothing, but where it begins with
    /// another choice (`reject because …`), the answer contradicts itself; and
    /// where no line is understood, the answer is none. A dressed line decides
    /// only where no sentence says something else.
    pub(crate) fn only<T, C: PartialEq>(
        text: &str,
        key: &str,
        read: impl Fn(DecisionLine<'_>) -> Option<T>,
        choice: impl Fn(&T) -> C,
    ) -> Result<Option<T>, Undecided> {
        let text = visible(text);
        let Lines {
            deciding,
            mentioned,
        } = DecisionLine::all(&text, key);
        let Some((last, _)) = deciding.last() else {
            return Ok(None);
        };
        let Some((line, value)) = deciding
            .iter()
            .rev()
            .find_map(|(line, said)| Some((*line, read(*said)?)))
        else {
            return Err(Undecided::Unknown {
                line: (*last).to_owned(),
            });
        };
        let decided = choice(&value);
        let differs = |said: DecisionLine<'_>| {
            read(said)
                .or_else(|| read(said.first_word()?))
                .is_some_and(|other| choice(&other) != decided)
        };
        let mut others = deciding.iter().chain(&mentioned);
        match others.find(|(_, said)| differs(*said)) {
            Some((other, _)) => Err(Undecided::Contradiction {
                first: (*other).to_owned(),
                second: line.to_owned(),
            }),
            None => Ok(Some(value)),
        }
    }

    /// Returns the lines with this key: the plain ones, or where there is none,
    /// the dressed ones.
    fn all(text: &'a str, key: &str) -> Lines<'a> {
        let said: Vec<(&str, bool)> = markdown::read(text)
            .into_iter()
            .filter_map(|line| match line {
                Line::Said { line, indented } => Some((line, indented)),
                Line::Fenced { .. } | Line::Other => None,
            })
            .collect();
        let at_the_margin: Vec<_> = said
            .iter()
            .filter(|(_, indented)| !indented)
            .filter_map(|(line, _)| Some((*line, plain(line, key)?)))
            .collect();
        if !at_the_margin.is_empty() {
            return Lines {
                deciding: at_the_margin,
                mentioned: Vec::new(),
            };
        }
        let mut lines = Lines {
            deciding: Vec::new(),
            mentioned: Vec::new(),
        };
        for (line, _) in said {
            match plain(line, key).or_else(|| dressed(line, key)) {
                Some(said) => lines.deciding.push((line, said)),
                None => lines.mentioned.extend(mentioned(line, key)),
            }
        }
        lines
    }

    /// Returns the line as it would be if it said its first word alone; none
    /// where that word is one of several that the line offers.
    fn first_word(self) -> Option<Self> {
        let rest = self
            .rest
            .split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_'))
            .next()?;
        let after = self.rest[rest.len()..].trim_start();
        (!after.starts_with(['|', '/'])).then_some(Self { rest, ..self })
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
    let after = strip(strip_word(line, key)?.strip_prefix(':')?);
    // Only the words after it may be dressed.
    let rest = after.trim_start_matches(is_mark);
    Some(DecisionLine {
        rest,
        dressed: rest.len() < after.len(),
    })
}

fn dressed<'a>(line: &'a str, key: &str) -> Option<DecisionLine<'a>> {
    let line = markdown::without_bullets(line).trim_start_matches(is_mark);
    let after = strip_word(line, key)?
        .trim_start_matches(|c| is_mark(c) || is_space(c))
        .strip_prefix([':', '\u{ff1a}'])?;
    Some(DecisionLine {
        rest: strip(after).trim_start_matches(|c| is_mark(c) || is_space(c)),
        dressed: true,
    })
}

/// Reads a line that has the key somewhere in it.
fn mentioned<'a>(line: &'a str, key: &str) -> Option<(&'a str, DecisionLine<'a>)> {
    let (at, _) = line
        .char_indices()
        .find(|(at, _)| strip_word(&line[*at..], key).is_some())?;
    Some((line, dressed(&line[at..], key)?))
}

/// Returns the text without what nobody sees: a mark of byte order or of
/// direction before a line would hide its decision, and let another one count.
fn visible(text: &str) -> Cow<'_, str> {
    if text.contains(is_unseen) {
        Cow::Owned(text.replace(is_unseen, ""))
    } else {
        Cow::Borrowed(text)
    }
}

fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
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

    fn only(text: &str) -> Result<Option<String>, Undecided> {
        DecisionLine::only(text, "ready", no, Clone::clone)
    }

    fn rest(text: &str) -> Option<String> {
        only(text).unwrap()
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
            "- 1. ready: no — why",
            "ready\u{ff1a}no — why",
            "ready : no — why",
            "    ready: no — why",
            "- a\n\n\tready: no — why",
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
            "ready: no 1\nready\u{ff1a} no 2",
            "ready: no 1\n\n    ready: no 2",
            "ready: no 1\r\n- ready: no 2\r\n",
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
            "1. ```\n   ready: no\n   ```",
            "2) ~~~\n   ready: no\n   ~~~",
            "  ````md\n```\nready: no\n```\n  ````",
            "```\n    ```\nready: no\n```",
            "```\r\nready: no\r\n```",
            "<!-- ready: no -->",
            "<!--\nready: no\n-->",
            "For whoever reads this: <!-- as\nready: no\n-->",
            "<pre>\nready: no\n</pre>",
            "<blockquote>\nready: no\n</blockquote>",
            "~~ready: no~~",
            "\"ready: no\"",
        ] {
            assert_eq!(rest(text), None, "{text}");
            let after = format!("ready: no 1\n\n{text}");
            assert_eq!(rest(&after).as_deref(), Some("1"), "{after}");
        }
    }

    #[test]
    fn lines_of_one_form_that_disagree_are_told() {
        assert_eq!(
            only("ready: no 1\nand so\nready: no 2"),
            Err(Undecided::Contradiction {
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
    fn a_line_that_is_not_understood_is_passed_over_by_none() {
        let read = |line: DecisionLine<'_>| match line.rest {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let only = |text| DecisionLine::only(text, "ready", read, |value| *value);
        // It may say the opposite of the line beside it.
        for text in [
            "ready: no because\nready: yes",
            "ready: yes\nready: no.",
            "- ready: no because\n- ready: yes",
            "ready: **no**\nready: yes",
        ] {
            assert!(
                matches!(only(text), Err(Undecided::Contradiction { .. })),
                "{text}"
            );
        }
        // A dressed line does not speak for a plain one.
        for text in [
            "ready: no because\n- ready: yes",
            "ready: perhaps\n**ready: yes**",
            "ready: perhaps",
            "- ready: perhaps",
        ] {
            assert!(
                matches!(only(text), Err(Undecided::Unknown { .. })),
                "{text}"
            );
        }
        // The form that was asked for, repeated, decides nothing.
        assert_eq!(only("ready: yes|no\nready: no"), Ok(Some(false)));
        assert_eq!(only("ready: <yes or no>\nready: no"), Ok(Some(false)));
    }

    #[test]
    fn of_several_lines_that_are_not_understood_the_last_is_told() {
        let line = "ready: perhaps".to_owned();
        let told = only("ready: maybe\nready: perhaps");
        assert_eq!(told, Err(Undecided::Unknown { line }));
    }

    #[test]
    fn what_nobody_sees_hides_no_line() {
        for text in [
            "\u{feff}ready: no 1\n- ready: no 2",
            "\u{200b}ready: no 1\n- ready: no 2",
            "rea\u{ad}dy: no 1\n**ready: no 2**",
            "ready:\u{200e} no 1\n**ready: no 2**",
            "\u{202d}ready: no 1\u{202c}\n`ready: no 2`",
        ] {
            assert_eq!(rest(text).as_deref(), Some("1"), "{text:?}");
        }
    }

    #[test]
    fn a_dressed_line_decides_nothing_where_a_sentence_says_otherwise() {
        let read = |line: DecisionLine<'_>| {
            let first = line.rest.split(|c: char| !c.is_alphanumeric()).next();
            match first {
                Some("yes") => Some(true),
                Some("no") => Some(false),
                _ => None,
            }
        };
        let only = |text: &str| DecisionLine::only(text, "ready", read, |value| *value);
        for said in [
            "I decided: ready: no",
            "✅ ready: no, it is red",
            "(ready: no)",
            "| ready: no |",
            "Verdict — **ready:** `no`.",
        ] {
            let text = format!("{said}\n\n- ready: yes");
            assert!(only(&text).is_err(), "{text}");
            // A plain line is what was asked for, and decides.
            let text = format!("{said}\n\nready: yes");
            assert_eq!(only(&text), Ok(Some(true)), "{text}");
            assert_eq!(only(said), Ok(None), "{said}");
        }
        let text = "I was asked for ready: yes or no.\n- ready: yes";
        assert_eq!(only(text), Ok(Some(true)));
    }

    #[test]
    fn marks_inside_the_reason_stay() {
        assert_eq!(
            rest("- ready: no — fix `a*b` first").as_deref(),
            Some("— fix `a*b` first")
        );
        assert_eq!(
            rest("ready: no — fix `a*b`").as_deref(),
            Some("— fix `a*b`")
        );
    }

    #[test]
    fn other_words_before_the_key_do_not_match() {
        assert_eq!(rest("not ready: no"), None);
        assert_eq!(rest("-ready: no"), None);
        assert_eq!(rest(". ready: no"), None);
        assert_eq!(rest("réady: no"), None);
    }
}
