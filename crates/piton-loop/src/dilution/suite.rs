//! The tests of a set of files, as they can be compared.

use std::collections::BTreeSet;

use super::adrift;
use super::code::statement;
use super::hollow::is_hollow;
use super::idle::idle;
use super::language::Language;
use super::lexer::{Kind, Token, words};
use super::reach::{early, reached, uncalled};
use super::scan::{Found, Scan};
use super::tables::{File, Table, values};
use super::tests_of;

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
    /// Texts and numbers in the body.
    pub(super) values: BTreeSet<String>,
    pub(super) table: Table,
    /// Whether its file has a name by which runners look for tests.
    pub(super) is_looked_for: bool,
}

/// A mark, with the file and the line where it stands.
pub(super) type Mark = (String, String, usize);

/// What one version of the changed files says.
#[derive(Debug, Default)]
pub(super) struct Suite {
    pub(super) tests: Vec<Test>,
    pub(super) focus: Vec<Mark>,
    pub(super) links: Vec<Mark>,
    pub(super) outside: Vec<Mark>,
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
        let built_with = (language == Language::Go)
            .then(|| constraint(text))
            .flatten();
        let file = File::new(language, &tokens);
        for found in &scan.tests {
            let mut test = test(language, path, &file, &tokens, found);
            test.skipped = test.skipped.or_else(|| built_with.clone());
            self.tests.push(test);
        }
        let at = |(what, line): (String, usize)| (path.to_owned(), what, line);
        self.focus.extend(scan.focus.into_iter().map(at));
        self.links.extend(scan.links.into_iter().map(at));
        self.outside.extend(scan.outside.into_iter().map(at));
        // Test helpers are not the code under test.
        if !is_of_tests(path) && (language == Language::Rust || scan.tests.is_empty()) {
            self.code.extend(definitions(&tokens, &scan.tests));
        }
    }
}

/// Whether a file is where tests and what helps them are.
fn is_of_tests(path: &str) -> bool {
    let of_tests = |part: &str| {
        let names = ["test", "tests", "spec", "specs", "__tests__", "conftest.py"];
        names.contains(&part)
    };
    path.split('/').any(of_tests)
}

/// The build constraint of a Go file, which stands in a comment.
fn constraint(text: &str) -> Option<String> {
    text.lines()
        .take_while(|line| !line.starts_with("package "))
        .find(|line| line.starts_with("//go:build ") || line.starts_with("// +build "))
        .map(|line| format!("it is built only with {line:?}"))
}

fn test(language: Language, path: &str, file: &File<'_>, tokens: &[Token], found: &Found) -> Test {
    let body = &tokens[found.body.clone()];
    let live = reached(language, body);
    let mut uncalled = uncalled(language, live);
    // `() => expression`
    let is_returned = (found.body.start.checked_sub(1)).is_some_and(|at| tokens[at].is(">"));
    uncalled.extend(adrift::spans(language, live, is_returned));
    let mut checks = Vec::new();
    let mut at = 0;
    while at < live.len() {
        if tests_of::is_check(language, live, at) {
            let whole = statement(live, at);
            let after = whole.end;
            let is_called = !uncalled.iter().any(|span| span.contains(&at));
            let let_go = adrift::is_let_go(language, live, &whole, is_returned);
            if is_called && !let_go && !is_hollow(language, live, whole.clone()) {
                checks.push(text(&live[whole]));
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
        skipped: skipped
            .or_else(|| idle(language, body).map(str::to_owned))
            .or_else(|| early(body).map(str::to_owned)),
        checks,
        body: body.iter().map(|token| token.text.clone()).collect(),
        shape: body.iter().map(shape).collect(),
        words: body
            .iter()
            .filter_map(Token::word)
            .map(str::to_owned)
            .collect(),
        values: values(language, body),
        table: file.table(found.head, &found.body),
        is_looked_for: language.looks_for(path),
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
