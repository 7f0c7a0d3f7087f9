//! Java: methods under a test annotation.

use std::ops::Range;

use super::super::code::{after_closing, braces, is_at, is_before};
use super::super::lexer::Token;
use super::super::scan::{Found, Scan};

const TESTS: [&str; 6] = [
    "Test",
    "ParameterizedTest",
    "RepeatedTest",
    "TestFactory",
    "TestTemplate",
    "Property",
];

pub(super) fn scan(words: &[Token]) -> Scan {
    let mut reader = Reader {
        words,
        scan: Scan::default(),
        classes: Vec::new(),
        marks: Vec::new(),
        marked_from: None,
        modifiers: Vec::new(),
    };
    let mut at = 0;
    while at < words.len() {
        at = reader.read(at);
    }
    reader.scan
}

struct Reader<'a> {
    words: &'a [Token],
    scan: Scan,
    /// Classes that are open, with why their tests are not run.
    classes: Vec<(Range<usize>, String, Option<String>)>,
    /// The annotations of what comes next, and where the first of them is.
    marks: Vec<String>,
    marked_from: Option<usize>,
    /// Words before a name, which may keep a test from being run.
    modifiers: Vec<&'a str>,
}

impl Reader<'_> {
    /// Reads what begins here, and returns where the next thing does.
    fn read(&mut self, at: usize) -> usize {
        self.classes.retain(|(span, ..)| at < span.end);
        let words = self.words;
        let token = &words[at];
        if token.is("@") {
            let (mark, end) = annotation(words, at);
            self.marks.push(mark);
            self.marked_from.get_or_insert(at);
            return end;
        }
        let names_class = matches!(token.word(), Some("class" | "record"));
        if names_class && words.get(at + 1).and_then(Token::word).is_some() {
            self.class(at);
            return at + 2;
        }
        if token.word().is_some() && is_at(words, at + 1, "(") && self.is_marked_as_test() {
            return self.test(at);
        }
        if token.is_any(&[";", "{", "}"]) {
            self.forget();
        } else if let Some(word) = token.word() {
            self.modifiers.push(word);
        }
        at + 1
    }

    fn is_marked_as_test(&self) -> bool {
        let mut names = self.marks.iter().map(|mark| mark.split('(').next());
        names.any(|name| name.is_some_and(|name| TESTS.contains(&name)))
    }

    fn class(&mut self, at: usize) {
        let in_name_alone = self
            .modifiers
            .contains(&"abstract")
            .then(|| "its class is abstract".to_owned());
        let why = self.skip().or(in_name_alone).or_else(|| self.inherited());
        let name = self.words[at + 1].text.clone();
        self.classes.push((braces(self.words, at), name, why));
        self.forget();
    }

    /// Reads a test, and returns where it ends.
    fn test(&mut self, at: usize) -> usize {
        let body = braces(self.words, at);
        let around: Vec<&str> = self
            .classes
            .iter()
            .map(|(_, name, _)| name.as_str())
            .collect();
        let assumes = self.words[body.clone()].iter().find_map(|word| {
            word.word().filter(|word| {
                word.starts_with("assume")
                    || ["abort", "SkipException", "TestAbortedException"].contains(word)
            })
        });
        let hidden = ["private", "static", "abstract"]
            .iter()
            .find(|word| self.modifiers.contains(word))
            .map(|word| format!("it is {word}"));
        let skipped = self
            .skip()
            .or(hidden)
            .or_else(|| self.inherited())
            .or_else(|| assumes.map(str::to_owned));
        let test = Found {
            scope: around.join("."),
            name: self.words[at].text.clone(),
            line: self.words[at].line,
            head: self.marked_from.unwrap_or(at),
            body: body.clone(),
            skipped,
        };
        self.scan.tests.push(test);
        self.forget();
        body.end
    }

    /// Returns the annotation that passes over what comes next.
    fn skip(&self) -> Option<String> {
        let mark = self.marks.iter().find(|mark| passes_over(mark))?;
        Some(format!("@{mark}"))
    }

    /// Returns why the class around it is not run.
    fn inherited(&self) -> Option<String> {
        self.classes.last().and_then(|(.., why)| why.clone())
    }

    /// Forgets what belonged to the thing that was read.
    fn forget(&mut self) {
        self.marks.clear();
        self.marked_from = None;
        self.modifiers.clear();
    }
}

/// Returns the annotation's name, with its arguments, and where it ends.
fn annotation(words: &[Token], at: usize) -> (String, usize) {
    let mut end = at + 1;
    let mut name = "";
    while let Some(word) = words.get(end).and_then(Token::word) {
        name = word;
        end += 1;
        if !is_at(words, end, ".") {
            break;
        }
        end += 1;
    }
    let close = if is_at(words, end, "(") {
        after_closing(words, end)
    } else {
        end
    };
    let arguments: Vec<&str> = words[end..close]
        .iter()
        .map(|token| token.text.as_str())
        .collect();
    (format!("{name}{}", arguments.concat()), close)
}

fn passes_over(mark: &str) -> bool {
    [
        "Disabled",
        "Ignore",
        "EnabledIf",
        "EnabledOn",
        "DisabledIf",
        "DisabledOn",
    ]
    .iter()
    .any(|name| mark.starts_with(name))
        || mark.contains("enabled=false")
        || ["Throwable", "Error", "AssertionError"]
            .iter()
            .any(|any| mark.contains(&format!("expected={any}.class")))
}

/// An assumption in what is set up for all tests.
pub(super) fn holds_back(words: &[Token], at: usize) -> Option<String> {
    let word = words[at].word()?;
    let thrown = is_before(words, at, "new");
    let skips = (word.starts_with("assume") && words.get(at + 1)?.is("("))
        || (thrown && ["SkipException", "TestAbortedException"].contains(&word));
    let before = &words[at.saturating_sub(40)..at];
    let set_up = before
        .iter()
        .rposition(|it| it.word().is_some_and(|word| word.starts_with("Before")))?;
    // It must not belong to another method.
    let methods = before[set_up..].iter().filter(|it| it.is("@")).count();
    (skips && methods == 0).then(|| format!("{word} in what is set up"))
}

pub(super) fn is_check(word: &str, member: bool) -> bool {
    word.starts_with("assert")
        || matches!(
            word,
            "fail" | "verify" | "verifyNoInteractions" | "expectThrows"
        ) && !member
        || matches!(
            word,
            "andExpect" | "expectNext" | "expectError" | "verifyComplete"
        )
}
