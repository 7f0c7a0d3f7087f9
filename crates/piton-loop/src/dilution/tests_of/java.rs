//! Java: methods under a test annotation.

use std::ops::Range;

use super::super::code::{after_closing, braces, is_at};
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
    let mut scan = Scan::default();
    let mut classes: Vec<(Range<usize>, String, Option<String>)> = Vec::new();
    let mut marks: Vec<String> = Vec::new();
    let mut marked_from = None;
    // Words before a name, which may keep a test from being run.
    let mut modifiers: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        classes.retain(|(span, ..)| at < span.end);
        let token = &words[at];
        if token.is("@") && words.get(at + 1).is_some_and(|next| !next.is("interface")) {
            let (mark, end) = annotation(words, at);
            marks.push(mark);
            marked_from.get_or_insert(at);
            at = end;
            continue;
        }
        let skip = marks
            .iter()
            .find(|mark| passes_over(mark))
            .map(|mark| format!("@{mark}"));
        if matches!(token.word(), Some("class" | "record"))
            && words.get(at + 1).and_then(Token::word).is_some()
        {
            let inherited = classes.last().and_then(|(.., why)| why.clone());
            let in_name_alone = modifiers
                .contains(&"abstract")
                .then(|| "its class is abstract".to_owned());
            classes.push((
                braces(words, at + 1),
                words[at + 1].text.clone(),
                skip.or(in_name_alone).or(inherited),
            ));
            marks.clear();
            marked_from = None;
            modifiers.clear();
            at += 2;
            continue;
        }
        let method = token.word().is_some() && is_at(words, at + 1, "(");
        if method
            && marks
                .iter()
                .any(|mark| TESTS.contains(&mark.split('(').next().unwrap_or(mark)))
        {
            let body = braces(words, after_closing(words, at + 1));
            let around: Vec<&str> = classes.iter().map(|(_, name, _)| name.as_str()).collect();
            let inherited = classes.last().and_then(|(.., why)| why.clone());
            let assumes = words[body.clone()].iter().find_map(|word| {
                word.word().filter(|word| {
                    word.starts_with("assume")
                        || ["abort", "SkipException", "TestAbortedException"].contains(word)
                })
            });
            let hidden = ["private", "static", "abstract"]
                .iter()
                .find(|word| modifiers.contains(word))
                .map(|word| format!("it is {word}"));
            let skipped = skip
                .or(hidden)
                .or(inherited)
                .or_else(|| assumes.map(str::to_owned));
            scan.tests.push(Found {
                scope: around.join("."),
                name: token.text.clone(),
                line: token.line,
                head: marked_from.take().unwrap_or(at),
                body: body.clone(),
                skipped,
            });
            marks.clear();
            modifiers.clear();
            at = body.end.max(at + 1);
            continue;
        }
        if token.is_any(&[";", "{", "}"]) {
            marks.clear();
            marked_from = None;
            modifiers.clear();
        } else if let Some(word) = token.word() {
            modifiers.push(word);
        }
        at += 1;
    }
    scan
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
    let arguments: Vec<&str> = words[end.min(close)..close]
        .iter()
        .map(|token| token.text.as_str())
        .collect();
    (format!("{name}{}", arguments.concat()), close.max(at + 1))
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
    let thrown = at > 0 && words[at - 1].is("new");
    let skips = (word.starts_with("assume") && words.get(at + 1)?.is("("))
        || (thrown && ["SkipException", "TestAbortedException"].contains(&word));
    let before = &words[at.saturating_sub(40)..at];
    let set_up = before
        .iter()
        .rposition(|it| it.word().is_some_and(|word| word.starts_with("Before")))?;
    // Not another method's.
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
