//! The tests of a set of files, as they can be compared.

use std::collections::BTreeSet;
use std::ops::Range;

use super::code::{idle, statement};
use super::language::Language;
use super::lexer::{Kind, Token, words};
use super::tests_of;

/// A test as it was found in a file.
#[derive(Debug)]
pub(super) struct Found {
    /// What stands around it: a class, a group.
    pub(super) scope: String,
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) body: Range<usize>,
    pub(super) skipped: Option<String>,
}

/// All that one file says about tests.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) tests: Vec<Found>,
    /// Marks that let one test run alone.
    pub(super) focus: Vec<(String, usize)>,
    /// Modules of tests that the file makes part of the program.
    pub(super) links: Vec<(String, usize)>,
}

/// A test, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) path: String,
    pub(super) scope: String,
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) skipped: Option<String>,
    /// Every check, each as its words.
    pub(super) checks: Vec<String>,
    pub(super) body: Vec<String>,
    /// The body without its literals and numbers.
    pub(super) shape: Vec<String>,
    pub(super) words: BTreeSet<String>,
}

/// What one version of the changed files says.
#[derive(Debug, Default)]
pub(super) struct Suite {
    pub(super) tests: Vec<Test>,
    pub(super) focus: Vec<(String, String, usize)>,
    pub(super) links: Vec<(String, String, usize)>,
    /// Names of what is defined outside tests.
    pub(super) code: BTreeSet<String>,
}

impl Suite {
    pub(super) fn add(&mut self, path: &str, text: &str) {
        let Some(language) = Language::of(path) else {
            return;
        };
        let tokens = words(language, text);
        let scan = if language.collects(path) {
            tests_of::scan(language, path, &tokens)
        } else {
            Scan::default()
        };
        for found in &scan.tests {
            self.tests.push(test(language, path, &tokens, found));
        }
        let at = |(what, line): (String, usize)| (path.to_owned(), what, line);
        self.focus.extend(scan.focus.into_iter().map(at));
        self.links.extend(scan.links.into_iter().map(at));
        self.code.extend(definitions(&tokens, &scan.tests));
    }
}

fn test(language: Language, path: &str, tokens: &[Token], found: &Found) -> Test {
    let body = &tokens[found.body.clone()];
    let mut checks = Vec::new();
    let mut at = 0;
    while at < body.len() {
        if tests_of::is_check(language, body, at) {
            let whole = statement(body, at);
            let after = whole.end.max(at + 1);
            if !is_trivial(language, &body[whole.clone()]) {
                checks.push(text(&body[whole]));
            }
            at = after;
        } else {
            at += 1;
        }
    }
    let skipped = found.skipped.clone();
    Test {
        path: path.to_owned(),
        scope: found.scope.clone(),
        name: found.name.clone(),
        line: found.line,
        skipped: skipped.or_else(|| idle(language, body).map(str::to_owned)),
        checks,
        body: body.iter().map(|token| token.text.clone()).collect(),
        shape: body.iter().map(shape).collect(),
        words: body
            .iter()
            .filter_map(Token::word)
            .map(str::to_owned)
            .collect(),
    }
}

fn text(tokens: &[Token]) -> String {
    let all: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    all.join(" ")
}

fn shape(token: &Token) -> String {
    let constant = matches!(
        token.text.as_str(),
        "true" | "false" | "True" | "False" | "None" | "null" | "nil"
    );
    match token.kind {
        Kind::Literal | Kind::Number => "·".into(),
        Kind::Word if constant => "·".into(),
        Kind::Word | Kind::Sign => token.text.clone(),
    }
}

/// A check that looks at nothing but constants checks nothing: `assert True`.
fn is_trivial(language: Language, check: &[Token]) -> bool {
    if language == Language::Go
        || check
            .iter()
            .any(|token| token.is("fail") || token.is("panic"))
    {
        return false;
    }
    let says_something = |(at, token): (usize, &Token)| {
        let Some(word) = token.word() else {
            return false;
        };
        let called_on = at > 0 && check[at - 1].is(".");
        let constant = matches!(
            word,
            "true"
                | "false"
                | "True"
                | "False"
                | "None"
                | "null"
                | "nil"
                | "undefined"
                | "not"
                | "is"
                | "self"
                | "this"
                | "and"
                | "or"
                | "do"
                | "end"
                | "assert"
                | "expect"
                | "t"
                | "Assert"
                | "Assertions"
        );
        at > 0
            && !called_on
            && !constant
            && !word.starts_with("assert")
            && !word.starts_with("must_")
    };
    !check.iter().enumerate().any(says_something)
}

/// Names that are defined outside the tests: functions, classes, types.
fn definitions<'t>(tokens: &'t [Token], tests: &'t [Found]) -> impl Iterator<Item = String> + 't {
    const HEADS: [&str; 9] = [
        "fn",
        "def",
        "function",
        "class",
        "struct",
        "enum",
        "func",
        "interface",
        "module",
    ];
    tokens.windows(2).enumerate().filter_map(|(at, pair)| {
        let name = pair[1].word()?;
        let head = HEADS.iter().any(|head| pair[0].is(head));
        let in_test = tests
            .iter()
            .any(|test| test.body.contains(&at) || test.name == name);
        (head && !in_test).then(|| name.to_owned())
    })
}
