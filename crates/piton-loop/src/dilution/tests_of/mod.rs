//! How each language marks a test, a check and a test that is passed over.

mod go;
mod java;
mod javascript;
mod python;
mod ruby;
mod rust;

use super::code::{is_before, owner};
use super::language::Language;
use super::lexer::Token;
use super::scan::Scan;

/// Finds the tests of one file.
pub(super) fn scan(language: Language, path: &str, words: &[Token]) -> Scan {
    let mut scan = match language {
        Language::Python => python::scan(words),
        Language::JavaScript => javascript::scan(words),
        Language::Rust => rust::scan(path, words),
        Language::Go => go::scan(words),
        Language::Java => java::scan(words),
        Language::Ruby => ruby::scan(words),
    };
    let mut outside = vec![true; words.len()];
    for test in &scan.tests {
        outside[test.body.clone()].fill(false);
    }
    for at in (0..words.len()).filter(|at| outside[*at]) {
        let mark = match language {
            Language::Python => python::holds_back(words, at),
            Language::JavaScript => javascript::holds_back(words, at),
            Language::Java => java::holds_back(words, at),
            Language::Ruby => ruby::holds_back(words, at),
            // Go has its own look at `TestMain`, and Rust sets nothing up.
            Language::Rust | Language::Go => None,
        };
        scan.outside.extend(mark.map(|mark| (mark, words[at].line)));
    }
    scan
}

/// Whether a check begins at this place of a test's body.
pub(super) fn is_check(language: Language, body: &[Token], at: usize) -> bool {
    let Some(word) = body[at].word() else {
        return false;
    };
    let (member, owner) = (is_before(body, at, "."), owner(body, at));
    match language {
        Language::Python => python::is_check(word, owner, member),
        Language::JavaScript => javascript::is_check(word, owner, member),
        Language::Rust => rust::is_check(body, at),
        Language::Go => go::is_check(word, owner),
        Language::Java => java::is_check(word, member),
        Language::Ruby => ruby::is_check(word, member),
    }
}
