//! Finding one's way in words: blocks, statements, conditions that never hold.

use std::ops::Range;

use super::language::Language;
use super::lexer::{Kind, Token};

/// Returns the place after the bracket that closes the one at `open`.
pub(super) fn after_closing(words: &[Token], open: usize) -> usize {
    let mut depth = 0usize;
    for (at, token) in words.iter().enumerate().skip(open) {
        if token.kind != Kind::Sign {
            continue;
        }
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    words.len()
}

/// Returns the block in braces that begins at or after `from`, or nothing
/// where a `;` comes first.
pub(super) fn braces(words: &[Token], from: usize) -> Range<usize> {
    let mut at = from;
    while let Some(token) = words.get(at) {
        if token.is("{") {
            return at + 1..after_closing(words, at).saturating_sub(1).max(at + 1);
        }
        if token.is(";") {
            break;
        }
        at = if token.is("(") || token.is("[") {
            after_closing(words, at)
        } else {
            at + 1
        };
    }
    at..at
}

/// Returns the lines that belong to the one at `head`: those indented deeper.
pub(super) fn indented(words: &[Token], head: usize) -> Range<usize> {
    let indent = words[head].indent;
    let mut at = head;
    // The head may go on over several lines inside brackets.
    while let Some(token) = words.get(at) {
        at = if token.is("(") || token.is("[") || token.is("{") {
            after_closing(words, at)
        } else {
            at + 1
        };
        if token.is(":") {
            break;
        }
    }
    let end = words[at.min(words.len())..]
        .iter()
        .position(|token| token.first && token.indent <= indent)
        .map_or(words.len(), |more| at + more);
    at.min(end)..end
}

/// Returns the end of the Ruby block whose opening word is at `open`, which
/// is the `end` on the same indent.
pub(super) fn until_end(words: &[Token], open: usize) -> Range<usize> {
    let indent = words[open].indent;
    let end = words[open + 1..]
        .iter()
        .position(|token| token.first && token.indent <= indent)
        .map_or(words.len(), |more| open + 1 + more);
    open + 1..end
}

/// Returns the statement that begins at `from`: to the end of the line, and
/// further while brackets are open.
pub(super) fn statement(words: &[Token], from: usize) -> Range<usize> {
    let mut at = from;
    while let Some(token) = words.get(at) {
        // A line that begins with a dot goes on with the one before.
        let begins = token.first && !token.is(".");
        if at > from && (begins || token.is(";") || token.is("}")) {
            break;
        }
        at = if token.is("(") || token.is("[") || token.is("{") {
            after_closing(words, at)
        } else {
            at + 1
        };
    }
    from..at
}

/// Says why what stands in this body is never reached, or never told.
pub(super) fn idle(language: Language, body: &[Token]) -> Option<&'static str> {
    let mut first = body.iter().skip_while(|token| token.literal().is_some());
    if first.next().is_some_and(|token| token.is("return")) {
        let next = first.next();
        if next.is_none_or(|next| next.first || next.is(";") || next.is("}")) {
            return Some("it returns before it does anything");
        }
    }
    let never = |at: usize| {
        let skip = usize::from(body.get(at + 1).is_some_and(|next| next.is("(")));
        body.get(at + 1 + skip).is_some_and(|word| {
            let constant = if body[at].is("unless") {
                ["true", "True", "1"]
            } else {
                ["false", "False", "0"]
            };
            let ends = body.get(at + 2 + skip).is_none_or(|end| {
                end.first
                    || [")", ":", "{", "&", "and", "then"]
                        .iter()
                        .any(|sign| end.is(sign))
            });
            ends && constant.iter().any(|value| word.is(value))
        })
    };
    for (at, token) in body.iter().enumerate() {
        let and = token.is("&") && body.get(at + 1).is_some_and(|next| next.is("&"));
        if and && body.get(at + 2).is_some_and(|it| it.is("false")) {
            return Some("a condition in it never holds");
        }
        if (token.is("if") || token.is("while") || token.is("unless")) && never(at) {
            return Some("a condition in it never holds");
        }
        if swallows(language, body, at) {
            return Some("its failures are swallowed");
        }
    }
    None
}

fn swallows(language: Language, body: &[Token], at: usize) -> bool {
    let token = &body[at];
    let is = |more: usize, text: &str| body.get(at + more).is_some_and(|it| it.is(text));
    match language {
        Language::Python if token.is("except") => {
            let block = &body[indented(body, at)];
            let head = &body[at..(at + 12).min(body.len())];
            let mut named = head.iter().take_while(|it| !it.is(":"));
            let any = is(1, ":") || named.any(takes_failures);
            let nothing = match block {
                [only] => only.is("pass"),
                [a, b, c] => a.is(".") && b.is(".") && c.is("."),
                _ => false,
            };
            nothing || (any && !answers(language, block))
        }
        Language::Python if token.is("finally") => {
            body[indented(body, at)].iter().any(|it| it.is("return"))
        }
        Language::Python if token.is("suppress") => {
            let span = &body[at..after_closing(body, at + 1).min(body.len())];
            span.iter().any(takes_failures)
        }
        Language::Python if token.is("raises") || token.is("assertRaises") => {
            is(1, "(") && is(2, "AssertionError")
        }
        Language::JavaScript | Language::Java if token.is("catch") => {
            let block = braces(body, at + 1);
            let empty = block.is_empty() && body.get(block.start).is_some_and(|it| it.is("}"));
            let takes = language == Language::JavaScript
                || body[at..block.start].iter().any(|it| {
                    [
                        "Throwable",
                        "Error",
                        "AssertionError",
                        "AssertionFailedError",
                    ]
                    .iter()
                    .any(|name| it.is(name))
                });
            let tried = body[..at].iter().rposition(|it| it.is("try"));
            let checked = tried.is_some_and(|from| checks(language, &body[from..at]));
            empty || (takes && checked && !answers(language, &body[block]))
        }
        Language::Java | Language::JavaScript if token.is("finally") => {
            let block = braces(body, at + 1);
            body[block].iter().any(|it| it.is("return"))
        }
        Language::Ruby if token.is("rescue") => {
            let line = statement(body, at);
            let next = line.end;
            let ends = body
                .get(next)
                .is_some_and(|word| word.is("end") || word.is("nil"));
            let until = body[next..].iter().position(|it| it.is("end"));
            let block = &body[next..until.map_or(body.len(), |more| next + more)];
            let any = body[line].iter().any(|it| {
                ["Exception", "ExpectationNotMetError", "Assertion"]
                    .iter()
                    .any(|name| it.is(name))
            });
            ends || is(1, "nil") || (any && !answers(language, block))
        }
        Language::Rust if token.is("catch_unwind") => {
            let before = &body[at.saturating_sub(8)..at];
            before
                .windows(2)
                .any(|two| two[0].is("_") && two[1].is("="))
        }
        _ => false,
    }
}

/// Names of what a failed check is thrown as.
fn takes_failures(token: &Token) -> bool {
    ["AssertionError", "Exception", "BaseException"]
        .iter()
        .any(|name| token.is(name))
}

/// Whether a block does something about a failure: it checks, fails, or throws.
fn answers(language: Language, block: &[Token]) -> bool {
    let acts = [
        "raise", "throw", "fail", "flunk", "done", "reject", "next", "abort",
    ];
    block.iter().any(|it| acts.iter().any(|word| it.is(word))) || checks(language, block)
}

fn checks(language: Language, words: &[Token]) -> bool {
    (0..words.len()).any(|at| super::tests_of::is_check(language, words, at))
}
