//! Rust: functions under a test attribute.

use std::ops::Range;

use super::super::code::{after_closing, braces, inside, is_at, over, reads};
use super::super::lexer::Token;
use super::super::scan::{Found, Scan};

pub(super) fn scan(path: &str, words: &[Token]) -> Scan {
    let mut scan = Scan::default();
    let mut hidden: Vec<Range<usize>> = left_out(words);
    let mut at = 0;
    while at < words.len() {
        let start = at;
        let attributes = attributes_at(words, &mut at);
        let ends = ["fn", "mod", ";", "{", "}", "#"];
        let rest = words.get(at..).unwrap_or_default();
        let Some(item) = rest.iter().position(|word| word.is_any(&ends)) else {
            break;
        };
        let item = at + item;
        let name = words.get(item + 1).and_then(Token::word).unwrap_or("");
        let why = attributes.iter().find_map(|attribute| hides(attribute));
        if words[item].is("mod") && !name.is_empty() {
            if is_at(words, item + 2, ";") {
                let about_tests = attributes
                    .iter()
                    .any(|one| has(one, "cfg") && has(one, "test"));
                if about_tests
                    || name.contains("test")
                    || path.starts_with("tests/")
                    || path.contains("/tests/")
                {
                    scan.links.push((name.to_owned(), words[item].line));
                }
            } else if why.is_some() {
                hidden.push(braces(words, item));
            }
            at = item + 2;
        } else if words[item].is("fn") && attributes.iter().any(|attribute| is_test(attribute)) {
            let body = braces(words, item);
            let in_hidden = hidden.iter().any(|span| span.contains(&start));
            let part = attributes_in(&words[body.clone()]).any(|one| hides(one).is_some());
            let skipped = why
                .or(in_hidden.then_some("its module is left out of the build"))
                .or(part.then_some("part of it is left out of the build"));
            at = body.end;
            scan.tests.push(Found {
                scope: String::new(),
                name: name.to_owned(),
                line: words[item].line,
                head: start,
                body,
                skipped: skipped.map(str::to_owned),
            });
        } else {
            let attribute = words[item].is("#") && item > start;
            at = item + usize::from(!attribute);
        }
    }
    scan
}

/// Reads the attributes that begin here, and moves on to what follows them.
fn attributes_at<'w>(words: &'w [Token], at: &mut usize) -> Vec<&'w [Token]> {
    let mut attributes = Vec::new();
    while reads(words, *at, &["#", "["]) {
        attributes.push(&words[inside(words, *at)]);
        *at = after_closing(words, *at);
    }
    attributes
}

/// What `#![cfg(…)]` leaves out, up to the end of its module, and what is only
/// the text of a macro.
fn left_out(words: &[Token]) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for at in 0..words.len() {
        if reads(words, at, &["macro_rules", "!"]) {
            hidden.push(braces(words, at));
        } else if reads(words, at, &["#", "!", "["]) && hides(&words[inside(words, at)]).is_some() {
            hidden.push(at..closes(words, after_closing(words, at)));
        }
    }
    hidden
}

/// Returns where the block ends in which `from` is.
fn closes(words: &[Token], from: usize) -> usize {
    let mut at = from;
    while let Some(token) = words.get(at) {
        if token.is("}") {
            return at;
        }
        at = over(words, at, &["{"]);
    }
    words.len()
}

fn attributes_in(body: &[Token]) -> impl Iterator<Item = &[Token]> {
    let begins = |at: &usize| reads(body, *at, &["#", "["]);
    (0..body.len())
        .filter(begins)
        .map(|at| &body[inside(body, at)])
}

fn has(attribute: &[Token], word: &str) -> bool {
    attribute.iter().any(|token| token.is(word))
}

/// `#[test]`, `#[tokio::test(…)]`, `#[rstest]` and their like.
fn is_test(attribute: &[Token]) -> bool {
    let path: Vec<&str> = attribute
        .iter()
        .take_while(|token| !token.is("(") && !token.is("="))
        .filter_map(Token::word)
        .collect();
    matches!(
        path.last(),
        Some(
            &("test"
                | "rstest"
                | "test_case"
                | "quickcheck"
                | "wasm_bindgen_test"
                | "test_log"
                | "proptest"
                | "case")
        )
    )
}

fn hides(attribute: &[Token]) -> Option<&'static str> {
    if has(attribute, "ignore") {
        return Some("#[ignore]");
    }
    if attribute.first().is_some_and(|it| it.is("should_panic")) {
        return Some("#[should_panic]");
    }
    let conditional = attribute.first().is_some_and(|first| first.is("cfg"));
    let all: Vec<&str> = attribute.iter().map(|token| token.text.as_str()).collect();
    let text = all.concat();
    if text.starts_with("cfg(test)") || text.starts_with("cfg(any(test") {
        return None;
    }
    let never = text.contains("any()")
        || text.contains("target_")
        || text.contains("windows")
        || text.contains("not(test)")
        || text.contains("(false)")
        || text.contains("not(all())")
        || text.contains("feature");
    (conditional && never).then_some("a #[cfg] that leaves it out")
}

pub(super) fn is_check(body: &[Token], at: usize) -> bool {
    let Some(word) = body[at].word() else {
        return false;
    };
    let called = is_at(body, at + 1, "!") || is_at(body, at + 1, "(");
    let about = word.starts_with("assert")
        || word.starts_with("prop_assert")
        || word.starts_with("debug_assert")
        || word == "expect_err"
        || word == "unwrap_err"
        || word == "panic"
        || word == "check";
    called && about
}
