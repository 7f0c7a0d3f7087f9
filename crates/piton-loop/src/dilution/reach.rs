//! What of a test's body is never reached.

use std::ops::Range;

use super::code::{OPEN, after_closing, indented, is_at, over, owner, reads, statement};
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
            return &body[..statement(body, at).end];
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
    let owner = owner(body, at);
    let of = |names: &[&str]| owner.is_some_and(|owner| names.contains(&owner));
    let rust = matches!(&body[..at], [.., of, colon, _] if of.is("process") && colon.is(":"));
    (called("exit") && (of(&["process", "System", "sys", "Deno"]) || rust))
        || (called("_exit") && of(&["os"]))
        || (called("Exit") && of(&["os"]))
        || (token.first && token.is("exit") && is_at(body, at + 1, "!"))
}

/// `for x in []`, `[].forEach(`, `range []int{}`.
fn over_nothing(body: &[Token], at: usize) -> bool {
    let loops = ["in", "of"]
        .iter()
        .any(|word| reads(body, at, &[word, "[", "]"]));
    let after_for = || body[at.saturating_sub(6)..at].iter().any(|it| it.is("for"));
    (loops && !is_at(body, at + 3, ".") && after_for())
        || (reads(body, at, &["range", "[", "]"]) && reads(body, at + 4, &["{", "}"]))
        || (["forEach", "each", "map"].iter()).any(|word| reads(body, at, &["[", "]", ".", word]))
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
        // A decorator may take several lines.
        let begins =
            |it: &&Token| it.first && it.indent <= token.indent && !it.is_any(&[")", "]", "}"]);
        let before = body[..at].iter().rfind(begins);
        let decorated = before.is_some_and(|it| it.is("@"));
        return (!decorated).then(|| (name, at..indented(body, at).end));
    }
    if token.is("=") && is_closure(language, body, at + 1) {
        let begins = |it: &Token| it.first || it.is_any(&[";", "{", "}"]);
        let start = body[..at].iter().rposition(begins).unwrap_or(0);
        // `name = …`, `name := …`, `name: type = …`
        let name = body[start..at].split(|it| it.is(":")).next()?.last()?;
        return Some((name.word()?, start..statement(body, at).end));
    }
    // A function that stands alone: `lambda { … }`, `(() => {…});`.
    if language == Language::Ruby && token.first && is_closure(language, body, at) {
        let span = statement(body, at);
        let open = span.clone().find(|at| body[*at].is("{"))?;
        let called = is_at(body, after_closing(body, open), ".");
        return (!called).then_some(("_", span));
    }
    if language == Language::JavaScript && token.first && token.is("(") {
        let end = after_closing(body, at);
        let arrow = (at..end).any(|at| reads(body, at, &["=", ">"]));
        let called = is_at(body, end, "(") || is_at(body, end, ".");
        return (arrow && !called).then_some(("_", at..end));
    }
    None
}

fn is_closure(language: Language, body: &[Token], at: usize) -> bool {
    let marks = ["async", "move"];
    let Some(at) = (at..body.len()).find(|at| !body[*at].is_any(&marks)) else {
        return false;
    };
    let token = &body[at];
    match language {
        Language::Python => token.is("lambda"),
        Language::Rust => token.is("|"),
        Language::Go => token.is("func"),
        Language::Ruby => token.is_any(&["lambda", "proc"]) || reads(body, at, &["-", ">"]),
        Language::JavaScript | Language::Java => {
            if token.is("function") {
                return true;
            }
            let arrow = if language == Language::Java { "-" } else { "=" };
            reads(body, over(body, at, &["("]), &[arrow, ">"])
        }
    }
}
