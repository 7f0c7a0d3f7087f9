//! How failures that agents tell of are understood.

use serde::{Deserialize, Serialize};

use crate::dialect::Failure;

/// What kind of failure a rule stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureClass {
    Refused,
    LimitReached,
    Outage,
    Authentication,
    Rejected,
    CutShort,
    Crashed,
}

/// One rule: a failure with any of these words, or any of these texts in its
/// message whatever the case, is of this class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FailureRule {
    pub(crate) class: FailureClass,
    #[serde(default)]
    pub(crate) words: Vec<String>,
    #[serde(default)]
    pub(crate) texts: Vec<String>,
}

impl FailureRule {
    pub(crate) fn matches(&self, failure: &Failure) -> bool {
        if self.words.iter().any(|word| failure.words.contains(word)) {
            return true;
        }
        // Typographic apostrophes are what some agents print.
        let message = failure.message.to_lowercase().replace('’', "'");
        self.texts
            .iter()
            .any(|text| message.contains(&text.to_lowercase()))
    }
}

/// How a program that ends in good order whatever happened tells that it
/// failed: in what it prints as its reply.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReplyErrors {
    /// What a line begins with that tells of a failure.
    #[serde(default)]
    pub(crate) begin: Vec<String>,
    /// What a later line begins with when the failure was overcome.
    #[serde(default)]
    pub(crate) overcome_by: Vec<String>,
}

impl ReplyErrors {
    /// Returns the failure that a reply is, from its line on.
    pub(crate) fn find<'a>(&self, reply: &'a str) -> Option<&'a str> {
        let begins = |line: &str, with: &[String]| with.iter().any(|it| line.starts_with(it));
        let mut found = None;
        let mut at = 0;
        for line in reply.split_inclusive('\n') {
            if begins(line, &self.begin) {
                found = Some(at);
            } else if begins(line, &self.overcome_by) {
                found = None;
            }
            at += line.len();
        }
        found.map(|at| &reply[at..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_that_was_overcome_is_none() {
        let errors = ReplyErrors {
            begin: vec!["Error: ".to_owned()],
            overcome_by: vec!["Tokens: ".to_owned()],
        };
        assert_eq!(errors.find("An Error: no"), None);
        assert_eq!(errors.find("x\nError: a\nb"), Some("Error: a\nb"));
        assert_eq!(errors.find("Error: a\nError: b"), Some("Error: b"));
        assert_eq!(errors.find("Error: a\nDone.\nTokens: 3"), None);
        assert_eq!(errors.find("Tokens: 3\nError: a"), Some("Error: a"));
        assert_eq!(ReplyErrors::default().find("Error: a"), None);
    }
}
