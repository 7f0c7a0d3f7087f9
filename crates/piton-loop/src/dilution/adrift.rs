//! Checks that nobody waits for: the test is over before they are made.

use std::ops::Range;

use super::code::{after_closing, is_at, is_before};
use super::language::Language;
use super::lexer::Token;

/// Calls after which a function is called some time later.
const LATER: [&str; 5] = [
    "setTimeout",
    "setImmediate",
    "setInterval",
    "queueMicrotask",
    "nextTick",
];

/// Words of tests that know of later: they wait, or move the clock.
const WAITS: [&str; 8] = [
    "done",
    "resolve",
    "useFakeTimers",
    "runAllTimers",
    "runOnlyPendingTimers",
    "advanceTimersByTime",
    "tick",
    "waitFor",
];

/// Whether a check is a promise that is let go: `expect(x).resolves.toBe(3)`
/// with nothing before it. A body that is one expression is returned.
pub(super) fn is_let_go(
    language: Language,
    body: &[Token],
    whole: &Range<usize>,
    is_returned: bool,
) -> bool {
    let promised = body[whole.clone()]
        .windows(2)
        .any(|two| two[0].is(".") && (two[1].is("resolves") || two[1].is("rejects")));
    language == Language::JavaScript
        && promised
        && begins(body, whole.start)
        && !(is_returned && whole.start == 0)
}

/// Returns the parts of a body that are called some time later, without
/// anything that waits.
pub(super) fn spans(language: Language, body: &[Token], is_returned: bool) -> Vec<Range<usize>> {
    let waits = |token: &Token| token.is_any(&WAITS);
    if language != Language::JavaScript || body.iter().any(waits) {
        return Vec::new();
    }
    let is = |at: usize, text: &str| is_at(body, at, text);
    let later = |at: usize| body[at].is_any(&LATER) && is(at + 1, "(");
    (0..body.len())
        .filter(|at| {
            let then = is(*at, "then") && is(at + 1, "(") && is_before(body, *at, ".");
            later(*at) || (then && is_dropped(body, *at, is_returned))
        })
        .map(|at| at..after_closing(body, at))
        .collect()
}

/// Whether the statement in which a promise is handled keeps nothing of it.
fn is_dropped(body: &[Token], then: usize, is_returned: bool) -> bool {
    let Some(start) = (0..then).rev().find(|at| begins(body, *at)) else {
        return false;
    };
    let head = &body[start];
    let returned = start == 0 && is_returned;
    let kept = ["return", "await", "const", "let", "var", "yield"];
    let assigned = body[start..then].windows(2).any(|two| {
        two[0].is("=") && (!two[1].is("=")) || two[0].is("await") || two[0].is("return")
    });
    !returned && !assigned && !head.is_any(&kept)
}

/// Whether a statement begins here.
fn begins(body: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| &body[before]);
    let token = &body[at];
    let goes_on = token.is_any(&[".", "}", ")"]);
    let after = before.is_none_or(|it| it.is_any(&[";", "{", "}"]));
    let open = [
        ",", "(", "[", ">", "=", "await", "return", "&", "|", "?", ":",
    ];
    let hangs = before.is_some_and(|it| it.is_any(&open));
    !goes_on && (after || (token.first && !hangs))
}
