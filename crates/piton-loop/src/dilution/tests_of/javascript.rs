//! JavaScript and TypeScript: calls of `test` and `it`.

use std::ops::Range;

use super::super::code::{after_closing, braces, inside, is_at, is_before, reads, statement};
use super::super::language::Language;
use super::super::lexer::Token;
use super::super::reach::reached;
use super::super::scan::{Found, Scan};

const TESTS: [&str; 4] = ["test", "it", "specify", "Deno"];
const GROUPS: [&str; 3] = ["describe", "context", "suite"];

pub(super) fn scan(words: &[Token]) -> Scan {
    let mut scan = Scan::default();
    let mut groups: Vec<(Range<usize>, String, Option<String>)> = Vec::new();
    let hidden = never(words);
    for at in 0..words.len() {
        let Some(call) = call(words, at) else {
            continue;
        };
        groups.retain(|(span, ..)| span.contains(&at));
        if let Some(mark) = call.focus {
            scan.focus.push((mark, words[at].line));
        }
        let inherited = groups.last().and_then(|(.., why)| why.clone());
        let in_hidden = hidden.iter().any(|span| span.contains(&at));
        let skipped = call
            .skipped
            .or(inherited)
            .or_else(|| in_hidden.then(|| "a condition around it never holds".to_owned()));
        if call.group {
            groups.push((call.arguments, call.name, skipped));
            continue;
        }
        let around: Vec<&str> = groups.iter().map(|(_, name, _)| name.as_str()).collect();
        let arguments = &words[call.arguments.clone()];
        let optional = arguments.windows(3).position(|three| {
            (three[0].is("skip") || three[0].is("todo"))
                && three[1].is(":")
                && !three[2].is("false")
        });
        let early = arguments.windows(4).any(|four| {
            matches!(
                four[0].word(),
                Some("t" | "ctx" | "context" | "this" | "test")
            ) && four[1].is(".")
                && matches!(four[2].word(), Some("skip" | "todo" | "fixme"))
                && four[3].is("(")
        });
        let skipped =
            skipped.or_else(|| (optional.is_some() || early).then(|| "it is skipped".into()));
        let body = body(words, &call.arguments);
        scan.tests.push(Found {
            scope: around.join(" "),
            name: call.name,
            line: words[at].line,
            head: at,
            body,
            skipped,
        });
    }
    scan
}

/// What stands under `if (false)`, or behind a return in its group.
fn never(words: &[Token]) -> Vec<Range<usize>> {
    let mut hidden = Vec::new();
    for at in 0..words.len() {
        let mut nothing = ["false", "0"].iter();
        if nothing.any(|it| reads(words, at, &["if", "(", it, ")"])) {
            let end = if is_at(words, at + 4, "{") {
                braces(words, at).end
            } else {
                statement(words, at + 4).end
            };
            hidden.push(at..end);
        }
        if let Some(group) = call(words, at).filter(|call| call.group) {
            let body = body(words, &group.arguments);
            let reached = reached(Language::JavaScript, &words[body.clone()]).len();
            hidden.push(body.start + reached..body.end);
        }
    }
    hidden
}

/// A skip in what is set up for all tests.
pub(super) fn holds_back(words: &[Token], at: usize) -> Option<String> {
    let mut owners = ["this", "ctx", "context", "t", "test"].iter();
    let skips = owners.any(|owner| reads(words, at, &[owner, ".", "skip", "("]));
    let before = words[at.saturating_sub(30)..at].iter();
    let heads = ["before", "beforeEach", "beforeAll", "setup"];
    let set_up = before.rev().find(|it| it.is_any(&heads))?;
    skips.then(|| format!("a skip in {}", set_up.text))
}

struct Call {
    group: bool,
    name: String,
    arguments: Range<usize>,
    skipped: Option<String>,
    focus: Option<String>,
}

/// Reads `test("name", …)`, `it.skip.each(…)("name", …)`, `xdescribe(…)`.
fn call(words: &[Token], at: usize) -> Option<Call> {
    let head = words[at].word()?;
    if is_before(words, at, ".") {
        return None;
    }
    let (plain, prefix) = match head.strip_prefix(['x', 'f']) {
        Some(rest) => (rest, &head[..1]),
        None => (head, ""),
    };
    let group = GROUPS.contains(&plain);
    if !group && !TESTS.contains(&plain) {
        return None;
    }
    let chain = chain(words, at + 1, plain)?;
    let group = group || chain.group;
    let with = |mark: &str| (prefix == mark).then(|| head.to_owned());
    let next = chain.end;
    if !is_at(words, next, "(") {
        return None;
    }
    let name = words.get(next + 1)?;
    let name = name.literal().or_else(|| name.word())?.to_owned();
    let arguments = inside(words, next);
    // `it("x")` without a function is a note to come back.
    let bare = words[arguments.clone()]
        .iter()
        .all(|token| token.literal().is_some());
    let skipped = chain.skipped.or_else(|| with("x"));
    let skipped = skipped.or_else(|| (bare && !group).then(|| "it has no body".to_owned()));
    Some(Call {
        group,
        name,
        arguments,
        skipped,
        focus: chain.focus.or_else(|| with("f")),
    })
}

/// What stands between the name of a call and what it is called with.
#[derive(Default)]
struct Chain {
    group: bool,
    skipped: Option<String>,
    focus: Option<String>,
    end: usize,
}

/// Reads `.skip.each(table)`; none if a member is no word of tests.
fn chain(words: &[Token], at: usize, plain: &str) -> Option<Chain> {
    let mut chain = Chain::default();
    let mut next = at;
    while is_at(words, next, ".") {
        let member = words.get(next + 1).and_then(Token::word)?;
        match member {
            "skip" | "todo" | "fixme" | "failing" | "fails" | "skipIf" | "runIf" => {
                chain.skipped = Some(format!("{plain}.{member}"));
            }
            "only" => chain.focus = Some(format!("{plain}.only")),
            "describe" => chain.group = true,
            "each" | "concurrent" | "sequential" | "serial" | "parallel" | "test" | "for"
            | "extend" => {}
            _ => return None,
        }
        next += 2;
        // `.each(table)` and `.skipIf(condition)` are called before the test is.
        if matches!(member, "each" | "skipIf" | "runIf" | "for") && is_at(words, next, "(") {
            if reads(words, next, &["(", "[", "]"]) {
                chain.skipped = Some(format!("{plain}.{member} of nothing"));
            }
            next = after_closing(words, next);
        } else if words.get(next).and_then(Token::literal).is_some() {
            next += 1;
        }
    }
    chain.end = next;
    Some(chain)
}

/// The function among the arguments: what is in its braces, or its expression.
fn body(words: &[Token], arguments: &Range<usize>) -> Range<usize> {
    let arrow = |at: usize| reads(words, at, &["=", ">"]);
    let mut all = arguments.clone();
    match all.find(|at| words[*at].is("function") || arrow(*at)) {
        Some(at) if arrow(at) && !is_at(words, at + 2, "{") => at + 2..arguments.end,
        Some(at) => braces(words, at),
        None => arguments.end..arguments.end,
    }
}

pub(super) fn is_check(word: &str, owner: Option<&str>, member: bool) -> bool {
    match word {
        "expect" | "assert" | "expectTypeOf" | "assertType" => !member,
        "should" => member,
        "rejects" | "throws" | "is" | "deepEqual" | "truthy" | "falsy" | "true" | "false"
        | "not" | "equal" | "ok" | "notOk" | "pass" | "like" | "snapshot" | "plan" => {
            matches!(owner, Some("t" | "tap"))
        }
        _ => !member && word.starts_with("assert"),
    }
}
