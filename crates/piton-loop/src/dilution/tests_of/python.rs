//! Python: functions that pytest and unittest collect.

use std::collections::BTreeMap;

use super::super::code::{indented, statement};
use super::super::lexer::Token;
use super::super::scan::{Found, Scan};

pub(super) fn scan(words: &[Token]) -> Scan {
    let mut scan = Scan::default();
    let whole = module_mark(words);
    // Classes that are open, with their indent and why they are passed over.
    let mut classes: Vec<(usize, String, Option<String>)> = Vec::new();
    let mut decorators: Vec<&[Token]> = Vec::new();
    let mut marked_from = None;
    // Conditions and functions that are open, with why they hide a test.
    let mut blocks: Vec<(usize, &str)> = Vec::new();
    let mut last: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut at = 0;
    while at < words.len() {
        let token = &words[at];
        if !token.first {
            at += 1;
            continue;
        }
        classes.retain(|(indent, ..)| *indent < token.indent);
        blocks.retain(|(indent, _)| *indent < token.indent);
        let line = statement(words, at);
        if token.is("@") {
            marked_from.get_or_insert(at);
            decorators.push(&words[line.clone()]);
            at = line.end.max(at + 1);
            continue;
        }
        let head = (at + usize::from(token.is("async"))).min(words.len() - 1);
        let name = words.get(head + 1).and_then(Token::word).unwrap_or("");
        let why = decorators.iter().find_map(|one| passes_over(one));
        decorators.clear();
        let marks = marked_from.take().unwrap_or(at);
        if words[head].is("class") {
            let inherited = classes.last().and_then(|(.., why)| why.clone());
            let not_collected = class_mark(&words[indented(words, head)]);
            classes.push((
                token.indent,
                name.to_owned(),
                why.or(inherited).or(not_collected),
            ));
            at = head + 1;
        } else if words[head].is("def") && name.starts_with("test") {
            let body = indented(words, head);
            let around: Vec<&str> = classes.iter().map(|(_, name, _)| name.as_str()).collect();
            let scope = around.join(".");
            let collected = classes.iter().all(|(_, name, _)| !name.starts_with('_'));
            let skipped = why
                .or_else(|| classes.last().and_then(|(.., why)| why.clone()))
                .or_else(|| whole.clone())
                .or_else(|| body_mark(&words[body.clone()]))
                .or_else(|| blocks.last().map(|(_, why)| (*why).to_owned()))
                .or_else(|| (!collected).then(|| "its class is not collected".to_owned()));
            at = body.end.max(head + 1);
            let found = Found {
                scope: scope.clone(),
                name: name.to_owned(),
                line: token.line,
                head: marks,
                body,
                skipped,
            };
            // A second definition of the same name hides the first.
            match last.insert((scope, name.to_owned()), scan.tests.len()) {
                Some(hidden) => {
                    scan.tests[hidden] = found;
                    last.insert((scan.tests[hidden].scope.clone(), name.to_owned()), hidden);
                }
                None => scan.tests.push(found),
            }
        } else {
            match token.word() {
                Some("def" | "async") => blocks.push((token.indent, "it is inside a function")),
                Some("if" | "elif" | "else" | "while") => {
                    blocks.push((token.indent, "a condition decides whether it is there"));
                }
                _ => {}
            }
            at = head + 1;
        }
    }
    for (at, token) in words.iter().enumerate() {
        if token.first && token.indent == 0 {
            take_away(&words[statement(words, at)], &mut scan.tests);
        }
    }
    scan
}

/// `del test_a`, `test_a = None`, `test_a.__test__ = False`.
fn take_away(line: &[Token], tests: &mut [Found]) {
    let (name, how) = match line {
        [del, name, ..] if del.is("del") => (name, "it is deleted after it is made"),
        [name, sign, next, ..] if sign.is("=") && !next.is("=") => {
            (name, "something else takes its name")
        }
        [name, dot, mark, ..] if dot.is(".") && mark.is("__test__") => (name, "__test__ = False"),
        _ => return,
    };
    let its =
        |test: &&mut Found| test.scope.is_empty() && name.is(&test.name) && test.line < name.line;
    for test in tests.iter_mut().filter(its) {
        test.skipped.get_or_insert_with(|| how.to_owned());
    }
}

fn passes_over(mark: &[Token]) -> Option<String> {
    let skip = |token: &Token| {
        token.word().is_some_and(|word| {
            word.starts_with("skip")
                || word.starts_with("xfail")
                || word == "expectedFailure"
                || word == "flaky"
                || word == "fixture"
        })
    };
    let empty = mark
        .windows(3)
        .any(|three| three[0].is(",") && (three[1].is("[") && three[2].is("]")));
    if empty {
        return Some("it is asked about nothing".to_owned());
    }
    mark.iter().any(skip).then(|| {
        let words: Vec<&str> = mark
            .iter()
            .take_while(|token| !token.is("("))
            .map(|token| token.text.as_str())
            .collect();
        words.concat()
    })
}

/// `pytestmark = pytest.mark.skip`, `__test__ = False`, a skip of the whole module.
fn module_mark(words: &[Token]) -> Option<String> {
    words
        .iter()
        .enumerate()
        .filter(|(_, token)| token.first && token.indent == 0)
        .find_map(|(at, token)| {
            let line = &words[statement(words, at)];
            match token.word() {
                Some("pytestmark") => passes_over(line),
                Some("__test__") if line.iter().any(|word| word.is("False")) => {
                    Some("__test__ = False".into())
                }
                Some("pytest" | "raise")
                    if (line.iter())
                        .any(|word| word.is_any(&["skip", "SkipTest", "importorskip"])) =>
                {
                    Some("the whole module is skipped".into())
                }
                _ if line.iter().any(|word| word.is("importorskip")) => {
                    Some("the whole module may be skipped".into())
                }
                _ => None,
            }
        })
}

fn class_mark(body: &[Token]) -> Option<String> {
    body.iter().enumerate().find_map(|(at, token)| {
        let line = &body[statement(body, at)];
        if token.is("pytestmark") && token.first {
            return passes_over(line);
        }
        let sets = token.is("__test__") && line.iter().any(|word| word.is("False"));
        sets.then(|| "__test__ = False".to_owned())
    })
}

fn body_mark(body: &[Token]) -> Option<String> {
    body.windows(3).find_map(|three| {
        let owner = three[0].word()?;
        let called = three[2].word()?;
        let skips = matches!(
            (owner, called),
            ("pytest", "skip" | "xfail") | ("self", "skipTest") | ("unittest", "SkipTest")
        );
        (three[1].is(".") && skips).then(|| format!("{owner}.{called}"))
    })
}

/// A skip in what is set up for all tests.
pub(super) fn holds_back(words: &[Token], at: usize) -> Option<String> {
    let mark = body_mark(words.get(at..at + 3)?)?;
    let def = words[..at].iter().rposition(|word| word.is("def"))?;
    let name = words.get(def + 1)?.word()?;
    let set_up = ["setUp", "setup", "setUpClass", "setUpModule"].contains(&name)
        || name.starts_with("setup_");
    let autouse = words[def.saturating_sub(12)..def]
        .iter()
        .any(|word| word.is("autouse"));
    (set_up || autouse).then(|| format!("{mark} in {name}"))
}

pub(super) fn is_check(word: &str, owner: Option<&str>, member: bool) -> bool {
    match word {
        "assert" => !member,
        "raises" | "warns" | "approx_equal" => member,
        "fail" => matches!(owner, Some("pytest" | "self")),
        _ => word.starts_with("assert"),
    }
}
