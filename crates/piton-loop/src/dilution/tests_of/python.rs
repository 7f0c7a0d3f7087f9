//! Python: functions that pytest and unittest collect.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::super::code::{indented, statement};
use super::super::lexer::Token;
use super::super::scan::{Found, Scan};

pub(super) fn scan(words: &[Token]) -> Scan {
    let mut reader = Reader {
        words,
        scan: Scan::default(),
        whole: module_mark(words),
        classes: Vec::new(),
        blocks: Vec::new(),
        last: BTreeMap::new(),
    };
    let mut decorators: Vec<&[Token]> = Vec::new();
    let mut marked_from = None;
    let mut at = 0;
    while at < words.len() {
        let token = &words[at];
        if !token.first {
            at += 1;
            continue;
        }
        reader.close(token.indent);
        if token.is("@") {
            let line = statement(words, at);
            marked_from.get_or_insert(at);
            decorators.push(&words[line.clone()]);
            at = line.end;
            continue;
        }
        let why = decorators.iter().find_map(|one| passes_over(one));
        decorators.clear();
        at = reader.read(at, marked_from.take().unwrap_or(at), why);
    }
    for (at, token) in words.iter().enumerate() {
        if token.first && token.indent == 0 {
            take_away(&words[statement(words, at)], &mut reader.scan.tests);
        }
    }
    reader.scan
}

struct Reader<'a> {
    words: &'a [Token],
    scan: Scan,
    /// Why the whole module is passed over.
    whole: Option<String>,
    /// Classes that are open, with their indent and why they are passed over.
    classes: Vec<(usize, String, Option<String>)>,
    /// Conditions and functions that are open, with why they hide a test.
    blocks: Vec<(usize, &'static str)>,
    /// Where the last test of a scope and a name is.
    last: BTreeMap<(String, String), usize>,
}

impl Reader<'_> {
    /// Closes what does not reach as far in as this.
    fn close(&mut self, indent: usize) {
        self.classes.retain(|(open, ..)| *open < indent);
        self.blocks.retain(|(open, _)| *open < indent);
    }

    /// Reads the statement that begins here, and returns where to go on.
    fn read(&mut self, at: usize, marks: usize, why: Option<String>) -> usize {
        let words = self.words;
        let token = &words[at];
        let head = (at + usize::from(token.is("async"))).min(words.len() - 1);
        let name = words.get(head + 1).and_then(Token::word).unwrap_or("");
        if words[head].is("class") {
            let not_collected = || class_mark(&words[indented(words, head)]);
            let why = why.or_else(|| self.inherited()).or_else(not_collected);
            self.classes.push((token.indent, name.to_owned(), why));
        } else if words[head].is("def") && name.starts_with("test") {
            let body = indented(words, head);
            let end = body.end;
            self.test(Found {
                scope: String::new(),
                name: name.to_owned(),
                line: token.line,
                head: marks,
                body,
                skipped: why,
            });
            return end;
        } else if let Some("def" | "async") = token.word() {
            self.blocks.push((token.indent, "it is inside a function"));
        } else if let Some("if" | "elif" | "else" | "while") = token.word() {
            let why = "a condition decides whether it is there";
            self.blocks.push((token.indent, why));
        }
        head + 1
    }

    /// Takes a test with all that is around it.
    fn test(&mut self, test: Found) {
        let around: Vec<&str> = self
            .classes
            .iter()
            .map(|(_, name, _)| name.as_str())
            .collect();
        let collected = around.iter().all(|name| !name.starts_with('_'));
        let test = Found {
            scope: around.join("."),
            skipped: test
                .skipped
                .or_else(|| self.inherited())
                .or_else(|| self.whole.clone())
                .or_else(|| body_mark(&self.words[test.body.clone()]))
                .or_else(|| self.blocks.last().map(|(_, why)| (*why).to_owned()))
                .or_else(|| (!collected).then(|| "its class is not collected".to_owned())),
            ..test
        };
        let tests = &mut self.scan.tests;
        match self.last.entry((test.scope.clone(), test.name.clone())) {
            // A second definition of the same name hides the first.
            Entry::Occupied(first) => tests[*first.get()] = test,
            Entry::Vacant(none) => {
                none.insert(tests.len());
                tests.push(test);
            }
        }
    }

    /// Returns why the class around it is passed over.
    fn inherited(&self) -> Option<String> {
        self.classes.last().and_then(|(.., why)| why.clone())
    }
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
        "raises" | "warns" | "approx_equal" => member,
        "fail" => matches!(owner, Some("pytest" | "self")),
        _ => word.starts_with("assert"),
    }
}
