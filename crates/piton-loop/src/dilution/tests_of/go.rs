//! Go: functions that `go test` runs.

use super::super::code::braces;
use super::super::lexer::Token;
use super::super::scan::{Found, Scan};

pub(super) fn scan(words: &[Token]) -> Scan {
    let mut scan = Scan::default();
    for at in 0..words.len() {
        if !words[at].is("func") || words[at].indent != 0 {
            continue;
        }
        let Some(name) = words.get(at + 1).and_then(Token::word) else {
            continue;
        };
        let runs = ["Test", "Example", "Fuzz"].iter().any(|prefix| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| !rest.starts_with(char::is_lowercase))
        });
        if name == "TestMain" {
            let body = braces(words, at);
            if !words[body].iter().any(|word| word.is("Run")) {
                scan.outside
                    .push(("TestMain, which runs nothing".to_owned(), words[at].line));
            }
            continue;
        }
        if !runs {
            continue;
        }
        let body = braces(words, at);
        let skipped = words[body.clone()].windows(3).find_map(|three| {
            let skip = matches!(three[2].word(), Some("Skip" | "Skipf" | "SkipNow"));
            (matches!(three[0].word(), Some("t" | "b" | "f" | "tb")) && three[1].is(".") && skip)
                .then(|| format!("t.{}", three[2].text))
        });
        scan.tests.push(Found {
            scope: String::new(),
            name: name.to_owned(),
            line: words[at].line,
            head: at,
            body,
            skipped,
        });
    }
    scan
}

pub(super) fn is_check(word: &str, owner: Option<&str>) -> bool {
    match owner {
        Some("t" | "tb" | "b" | "f") => matches!(
            word,
            "Error" | "Errorf" | "Fatal" | "Fatalf" | "Fail" | "FailNow"
        ),
        Some("assert" | "require" | "is" | "qt" | "c" | "g") => {
            word.starts_with(char::is_uppercase)
        }
        _ => false,
    }
}
