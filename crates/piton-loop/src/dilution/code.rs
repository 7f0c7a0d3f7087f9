//! Finding one's way in words: brackets, blocks, statements.

use std::ops::Range;

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

/// Whether this text stands at a place.
pub(super) fn is_at(words: &[Token], at: usize, text: &str) -> bool {
    words.get(at).is_some_and(|token| token.is(text))
}

/// Returns the place after what stands at `at`: after its closing bracket where
/// it is one of the brackets that open.
pub(super) fn over(words: &[Token], at: usize, open: &[&str]) -> usize {
    if words[at].is_any(open) {
        after_closing(words, at)
    } else {
        at + 1
    }
}

/// All brackets that open.
pub(super) const OPEN: [&str; 3] = ["(", "[", "{"];

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
        at = over(words, at, &["(", "["]);
    }
    at..at
}

/// Returns the lines that belong to the one at `head`: those indented deeper.
pub(super) fn indented(words: &[Token], head: usize) -> Range<usize> {
    let indent = words[head].indent;
    let mut at = head;
    // The head may go on over several lines inside brackets.
    while let Some(token) = words.get(at) {
        at = over(words, at, &OPEN);
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
        at = over(words, at, &OPEN);
    }
    from..at
}
