//! Finding one's way in words: brackets, blocks, statements.

use std::ops::Range;

use super::lexer::{Kind, Token};

/// Returns the place of the bracket that closes the first one at or after
/// `open`, or the end where none does.
pub(super) fn closing(words: &[Token], open: usize) -> usize {
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
                    return at;
                }
            }
            _ => {}
        }
    }
    words.len()
}

/// Returns the place after that bracket.
pub(super) fn after_closing(words: &[Token], open: usize) -> usize {
    words.len().min(closing(words, open) + 1)
}

/// Returns what stands between the first bracket that opens at or after `from`
/// and the one that closes it.
pub(super) fn inside(words: &[Token], from: usize) -> Range<usize> {
    match (from..words.len()).find(|at| words[*at].is_any(&OPEN)) {
        Some(open) => open + 1..closing(words, open),
        None => words.len()..words.len(),
    }
}

/// Whether this text stands at a place.
pub(super) fn is_at(words: &[Token], at: usize, text: &str) -> bool {
    words.get(at).is_some_and(|token| token.is(text))
}

/// Whether these texts stand at a place, one after the other.
pub(super) fn reads(words: &[Token], at: usize, texts: &[&str]) -> bool {
    let there = words.get(at..).unwrap_or_default();
    there.len() >= texts.len() && there.iter().zip(texts).all(|(token, text)| token.is(text))
}

/// Whether this text stands right before a place.
pub(super) fn is_before(words: &[Token], at: usize, text: &str) -> bool {
    at.checked_sub(1).is_some_and(|at| is_at(words, at, text))
}

/// The word whose member stands at a place: `owner.here`.
pub(super) fn owner(words: &[Token], at: usize) -> Option<&str> {
    match words.get(..at)? {
        [.., owner, dot] if dot.is(".") => owner.word(),
        _ => None,
    }
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
            return inside(words, at);
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

/// Returns where the Ruby block ends whose opening word is at `open`: at the
/// `end` on the same indent.
pub(super) fn end_of_block(words: &[Token], open: usize) -> usize {
    let indent = words[open].indent;
    let mut behind = (words.iter().enumerate()).skip(open + 1);
    behind
        .find(|(_, token)| token.first && token.indent <= indent)
        .map_or(words.len(), |(at, _)| at)
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
