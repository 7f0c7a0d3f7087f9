//! Bodies of tests that do nothing, or whose failures are swallowed.

use super::code::{braces, indented, inside, is_at, statement};
use super::language::Language;
use super::lexer::Token;
use super::tests_of::is_check;

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
        let skip = usize::from(is_at(body, at + 1, "("));
        body.get(at + 1 + skip).is_some_and(|word| {
            let constant = if body[at].is("unless") {
                ["true", "True", "1"]
            } else {
                ["false", "False", "0"]
            };
            let ends = [")", ":", "{", "&", "and", "then"];
            let ends = (body.get(at + 2 + skip)).is_none_or(|end| end.first || end.is_any(&ends));
            ends && word.is_any(&constant)
        })
    };
    for (at, token) in body.iter().enumerate() {
        let and = token.is("&") && is_at(body, at + 1, "&");
        if and && is_at(body, at + 2, "false") {
            return Some("a condition in it never holds");
        }
        if token.is_any(&["if", "while", "unless"]) && never(at) {
            return Some("a condition in it never holds");
        }
        if swallows(language, body, at) {
            return Some("its failures are swallowed");
        }
    }
    None
}

fn swallows(language: Language, body: &[Token], at: usize) -> bool {
    match language {
        Language::Python => in_python(body, at),
        Language::JavaScript | Language::Java => in_braces(language, body, at),
        Language::Ruby => body[at].is("rescue") && rescues(body, at),
        Language::Rust => {
            let mut before = body[at.saturating_sub(8)..at].windows(2);
            body[at].is("catch_unwind") && before.any(|two| two[0].is("_") && two[1].is("="))
        }
        Language::Go => false,
    }
}

fn in_python(body: &[Token], at: usize) -> bool {
    let token = &body[at];
    let is = |more: usize, text: &str| is_at(body, at + more, text);
    if token.is("except") {
        let block = &body[indented(body, at)];
        let mut named = body[at..].iter().take_while(|it| !it.is(":"));
        let any = is(1, ":") || named.any(takes_failures);
        let nothing = block.iter().all(|it| it.is_any(&["pass", "."]));
        nothing || (any && !answers(Language::Python, block))
    } else if token.is("finally") {
        body[indented(body, at)].iter().any(|it| it.is("return"))
    } else if token.is("suppress") {
        body[inside(body, at)].iter().any(takes_failures)
    } else {
        token.is_any(&["raises", "assertRaises"]) && is(1, "(") && is(2, "AssertionError")
    }
}

fn in_braces(language: Language, body: &[Token], at: usize) -> bool {
    if !body[at].is_any(&["catch", "finally"]) {
        return false;
    }
    let block = braces(body, at);
    if body[at].is("catch") {
        let empty = block.is_empty() && is_at(body, block.start, "}");
        let failures = [
            "Throwable",
            "Error",
            "AssertionError",
            "AssertionFailedError",
        ];
        let mut head = body[at..block.start].iter();
        let takes = language == Language::JavaScript || head.any(|it| it.is_any(&failures));
        let tried = body[..at].iter().rposition(|it| it.is("try"));
        let checked = tried.is_some_and(|from| checks(language, &body[from..at]));
        empty || (takes && checked && !answers(language, &body[block]))
    } else {
        body[block].iter().any(|it| it.is("return"))
    }
}

fn rescues(body: &[Token], at: usize) -> bool {
    let line = statement(body, at);
    let next = line.end;
    let ends = is_at(body, next, "end") || is_at(body, next, "nil");
    let block = body[next..].split(|it| it.is("end")).next();
    let block = block.unwrap_or_default();
    let failures = ["Exception", "ExpectationNotMetError", "Assertion"];
    let any = body[line].iter().any(|it| it.is_any(&failures));
    ends || is_at(body, at + 1, "nil") || (any && !answers(Language::Ruby, block))
}

/// Names of what a failed check is thrown as.
fn takes_failures(token: &Token) -> bool {
    token.is_any(&["AssertionError", "Exception", "BaseException"])
}

/// Whether a block does something about a failure: it checks, fails, or throws.
fn answers(language: Language, block: &[Token]) -> bool {
    let acts = [
        "raise", "throw", "fail", "flunk", "done", "reject", "next", "abort",
    ];
    block.iter().any(|it| it.is_any(&acts)) || checks(language, block)
}

fn checks(language: Language, words: &[Token]) -> bool {
    (0..words.len()).any(|at| is_check(language, words, at))
}
