//! What of a test's body is never reached.

use std::ops::Range;

use super::code::{OPEN, after_closing, indented, is_at, over, statement};
use super::language::Language;
use super::lexer::Token;

/// Words by which a test looks at the machine that it runs on.
const SURROUNDINGS: [&str; 9] = [
    "env",
    "environ",
    "getenv",
    "Getenv",
    "LookupEnv",
    "ENV",
    "platform",
    "GOOS",
    "getProperty",
];

/// Returns what of a body can be reached: up to a return that nothing keeps
/// from happening.
pub(super) fn reached(language: Language, body: &[Token]) -> &[Token] {
    let mut at = 0;
    while let Some(token) = body.get(at) {
        if leaves(token) && unconditional(language, body, at) {
            return &body[..statement(body, at).end.max(at + 1)];
        }
        at = over(body, at, &OPEN);
    }
    body
}

fn leaves(token: &Token) -> bool {
    token.is_any(&["return", "next"])
}

fn unconditional(language: Language, body: &[Token], at: usize) -> bool {
    let line = &body[statement(body, at)];
    let conditional = line.iter().any(|word| word.is_any(&["if", "unless"]));
    match language {
        Language::Python => body[at].first && body[at].indent == body[0].indent,
        Language::Ruby => body[at].first && body[at].indent == body[0].indent && !conditional,
        Language::JavaScript | Language::Rust | Language::Go | Language::Java => {
            let before = at.checked_sub(1).map(|before| &body[before]);
            let begins = before.is_none_or(|it| it.is(";") || it.is("}"));
            // Where no semicolons are written, a line begins.
            let line = language == Language::Go && body[at].first;
            begins || line
        }
    }
}

/// Says why a body leaves early, where its surroundings decide that, or ends
/// the whole run.
pub(super) fn early(body: &[Token]) -> Option<&'static str> {
    for (at, token) in body.iter().enumerate() {
        if leaves(token) {
            let around = &body[at.saturating_sub(14)..(at + 8).min(body.len())];
            let asks = around.iter().any(|it| it.is_any(&["if", "unless"]));
            if asks && around.iter().any(|it| it.is_any(&SURROUNDINGS)) {
                return Some("its surroundings decide whether it does anything");
            }
            if asks && around.windows(3).any(always) {
                return Some("it returns before it does anything");
            }
        }
        if ends_the_run(body, at) {
            return Some("it ends the whole run");
        }
        if over_nothing(body, at) {
            return Some("it goes over nothing");
        }
    }
    None
}

/// `if true {`, `if (true)`.
fn always(three: &[Token]) -> bool {
    let truth = |token: &Token| token.is_any(&["true", "True"]);
    three[0].is("if") && (truth(&three[1]) || (three[1].is("(") && truth(&three[2])))
}

fn ends_the_run(body: &[Token], at: usize) -> bool {
    let token = &body[at];
    let called = |word: &str| token.is(word) && is_at(body, at + 1, "(");
    let owner = (at >= 2).then(|| body[at - 2].word()).flatten();
    let rust = at >= 3 && body[at - 1].is(":") && body[at - 3].is("process");
    let of = |names: &[&str]| owner.is_some_and(|owner| names.contains(&owner));
    (called("exit") && (of(&["process", "System", "sys", "Deno"]) || rust))
        || (called("_exit") && of(&["os"]))
        || (called("Exit") && of(&["os"]))
        || (token.first && token.is("exit") && is_at(body, at + 1, "!"))
}

/// `for x in []`, `[].forEach(`, `range []int{}`.
fn over_nothing(body: &[Token], at: usize) -> bool {
    let is = |more: usize, text: &str| is_at(body, at + more, text);
    let empty = is(1, "[") && is(2, "]");
    let looped = body[at.saturating_sub(6)..at].iter().any(|it| it.is("for"));
    (looped && (is(0, "in") || is(0, "of")) && empty && !is(3, "."))
        || (is(0, "range") && empty && is(4, "{") && is(5, "}"))
        || (is(0, "[")
            && is(1, "]")
            && is(2, ".")
            && (is(3, "forEach") || is(3, "each") || is(3, "map")))
}

/// Returns the parts of a body that nobody calls: functions that are defined
/// there, and named nowhere else.
pub(super) fn uncalled(language: Language, body: &[Token]) -> Vec<Range<usize>> {
    (0..body.len())
        .filter_map(|at| function(language, body, at))
        .filter(|(name, span)| {
            let elsewhere = |(at, token): (usize, &Token)| !span.contains(&at) && token.is(name);
            *name == "_" || !body.iter().enumerate().any(elsewhere)
        })
        .map(|(_, span)| span)
        .collect()
}

/// Reads a function that is given a name here, or none at all.
fn function(language: Language, body: &[Token], at: usize) -> Option<(&str, Range<usize>)> {
    let token = &body[at];
    if language == Language::Python && token.is("def") && token.first {
        let name = body.get(at + 1)?.word()?;
        let decorated = at > 0 && body[..at].iter().any(|it| it.is("@"));
        return (!decorated).then(|| (name, at..indented(body, at).end));
    }
    if token.is("=") && !body.get(at + 1)?.is("=") && at > 0 && is_closure(language, body, at + 1) {
        let before = if body[at - 1].is(":") {
            at.checked_sub(2)?
        } else {
            at - 1
        };
        return Some((body[before].word()?, before..statement(body, at).end));
    }
    // A function that stands alone: `(() => {…});`, `lambda { … }`.
    if token.first && is_closure(language, body, at) && !body[at].is("|") {
        let span = statement(body, at);
        let open = body[span.clone()].iter().position(|it| it.is("{"))?;
        let end = after_closing(body, span.start + open);
        return (language == Language::Ruby && !is_at(body, end, ".")).then_some(("_", span));
    }
    if language == Language::JavaScript && token.first && token.is("(") {
        let end = after_closing(body, at);
        let arrow = body[at..end]
            .windows(2)
            .any(|two| two[0].is("=") && two[1].is(">"));
        let called = is_at(body, end, "(") || is_at(body, end, ".");
        return (arrow && !called).then_some(("_", at..end));
    }
    None
}

fn is_closure(language: Language, body: &[Token], at: usize) -> bool {
    let at = at + usize::from(is_at(body, at, "async") || is_at(body, at, "move"));
    let Some(token) = body.get(at) else {
        return false;
    };
    match language {
        Language::Python => token.is("lambda"),
        Language::Rust => token.is("|"),
        Language::Go => token.is("func"),
        Language::Ruby => {
            token.is_any(&["lambda", "proc"]) || (token.is("-") && is_at(body, at + 1, ">"))
        }
        Language::JavaScript | Language::Java => {
            if token.is("function") {
                return true;
            }
            let after = over(body, at, &["("]);
            let arrow = if language == Language::Java { "-" } else { "=" };
            is_at(body, after, arrow) && is_at(body, after + 1, ">")
        }
    }
}
