//! Ruby: minitest's methods and blocks, and `RSpec`'s examples.

use super::super::code::{is_at, statement, until_end};
use super::super::lexer::Token;
use super::super::scan::{Found, Scan};

pub(super) fn scan(words: &[Token]) -> Scan {
    let mut scan = Scan::default();
    let mut groups: Vec<(usize, String, Option<String>)> = Vec::new();
    let mut private: Option<usize> = None;
    for at in 0..words.len() {
        let token = &words[at];
        let Some(head) = token.word() else {
            continue;
        };
        if !token.first {
            continue;
        }
        groups.retain(|(indent, ..)| *indent < token.indent);
        private = private.filter(|indent| *indent <= token.indent);
        let line = statement(words, at);
        let head_line = &words[line.clone()];
        if head == "private" && head_line.len() == 1 {
            private = Some(token.indent);
        }
        // `RSpec.xdescribe` is marked behind the dot.
        let head = match words.get(at + 2).and_then(Token::word) {
            Some(behind) if head == "RSpec" && words[at + 1].is(".") => behind,
            _ => head,
        };
        let (plain, prefix) = match head.strip_prefix('x').or_else(|| head.strip_prefix('f')) {
            Some(
                rest @ ("it" | "specify" | "example" | "describe" | "context" | "scenario"
                | "feature"),
            ) => (rest, &head[..1]),
            _ => (head, ""),
        };
        let marked = head_line
            .windows(2)
            .find(|two| two[1].is(":") && (two[0].is("skip") || two[0].is("pending")))
            .map(|two| format!("{}: …", two[0].text))
            .or_else(|| tagged(head_line));
        let why = (prefix == "x").then(|| head.to_owned()).or(marked);
        let focused = prefix == "f"
            || head_line.windows(2).any(|two| {
                (two[0].is("focus") && two[1].is(":")) || (two[0].is(":") && two[1].is("focus"))
            });
        let inherited = groups.last().and_then(|(.., why)| why.clone());
        let name = words.get(at + 1 + usize::from(is_at(words, at + 1, "(")));
        match plain {
            "class" | "module" | "describe" | "context" | "feature" => {
                if focused {
                    scan.focus.push((head.to_owned(), token.line));
                }
                let name = name.map(|name| name.text.clone()).unwrap_or_default();
                groups.push((token.indent, name, why.or(inherited)));
            }
            "it" | "specify" | "example" | "scenario" | "test" | "should" | "pending" | "skip" => {
                let Some(name) = name.and_then(Token::literal) else {
                    continue;
                };
                let opens = head_line.iter().any(|word| word.is_any(&["do", "{"]));
                if !opens && matches!(plain, "pending" | "skip" | "should") {
                    continue;
                }
                if focused {
                    scan.focus.push((head.to_owned(), token.line));
                }
                let body = block(words, at, &line);
                let never = matches!(plain, "pending" | "skip").then(|| plain.to_owned());
                let bare = (!opens).then(|| "it has no body".to_owned());
                let skipped = why
                    .or(inherited)
                    .or(never)
                    .or(bare)
                    .or_else(|| body_mark(&words[body.clone()]));
                scan.tests.push(Found {
                    scope: scope(&groups),
                    name: name.to_owned(),
                    line: token.line,
                    head: at,
                    body,
                    skipped,
                });
            }
            "def" if name.is_some_and(|name| name.text.starts_with("test_")) => {
                let whole = until_end(words, at);
                // What stands behind the name and its brackets.
                let body = line.end.clamp(whole.start, whole.end)..whole.end;
                let hidden = (private == Some(token.indent)).then(|| "it is private".to_owned());
                let skipped = inherited
                    .or(hidden)
                    .or_else(|| body_mark(&words[body.clone()]));
                let name = name.map(|name| name.text.clone()).unwrap_or_default();
                let scope = scope(&groups);
                // A second definition of the same name replaces the first.
                scan.tests
                    .retain(|one| one.scope != scope || one.name != name);
                scan.tests.push(Found {
                    scope,
                    name,
                    line: token.line,
                    head: at,
                    body,
                    skipped,
                });
            }
            _ => {}
        }
    }
    scan
}

/// `:skip`, `:pending`, `if: false` behind the name of a test or a group.
fn tagged(line: &[Token]) -> Option<String> {
    let ends = |at: usize| {
        let next = line.get(at);
        next.is_none_or(|it| it.is_any(&[",", "do", "{", ")"]))
    };
    (1..line.len()).find_map(|at| {
        let symbol = line[at - 1].is(":") && ends(at + 1);
        if symbol && line[at].is_any(&["skip", "pending"]) {
            return Some(format!(":{}", line[at].text));
        }
        let never = line[at].is(":") && is_at(line, at + 1, "false");
        (never && line[at - 1].is("if")).then(|| "if: false".to_owned())
    })
}

/// A skip in what is set up for all tests.
pub(super) fn holds_back(words: &[Token], at: usize) -> Option<String> {
    let token = &words[at];
    let skips = token.first && token.is_any(&["skip", "pending", "omit"]);
    let line = &words[statement(words, at)];
    if !skips || line.iter().any(|it| it.is_any(&["do", "{"])) {
        return None;
    }
    // The line under which it is indented.
    let head = words[..at]
        .iter()
        .rfind(|it| it.first && it.indent < token.indent)?;
    let before = head.word()?;
    let set_up = before == "before"
        || (before == "def" && words[..at].iter().rfind(|it| it.is("setup")).is_some());
    set_up.then(|| format!("{} in what is set up", token.text))
}

fn scope(groups: &[(usize, String, Option<String>)]) -> String {
    let around: Vec<&str> = groups.iter().map(|(_, name, _)| name.as_str()).collect();
    around.join(" ")
}

/// The block of a test: up to its `end`, or what stands in braces.
fn block(words: &[Token], at: usize, line: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let open = words[line.clone()].iter().position(|word| word.is("{"));
    if let Some(open) = open {
        let start = line.start + open + 1;
        return start..line.end.saturating_sub(1).max(start);
    }
    let whole = until_end(words, at);
    let after_do = words[at..].iter().position(|word| word.is("do"));
    let start = after_do.map_or(whole.start, |more| at + more + 1);
    start.min(whole.end)..whole.end
}

fn body_mark(body: &[Token]) -> Option<String> {
    body.iter().find_map(|token| {
        let word = token.word()?;
        (token.first && matches!(word, "skip" | "pending" | "omit" | "pend"))
            .then(|| word.to_owned())
    })
}

pub(super) fn is_check(word: &str, member: bool) -> bool {
    if member {
        return word.starts_with("must_")
            || word.starts_with("wont_")
            || word == "should"
            || word == "should_not";
    }
    matches!(
        word,
        "expect" | "is_expected" | "flunk" | "expect_any_instance_of"
    ) || word.starts_with("assert")
        || word.starts_with("refute")
}
