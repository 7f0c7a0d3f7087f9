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
    pub class: FailureClass,
    #[serde(default)]
    pub words: Vec<String>,
    #[serde(default)]
    pub texts: Vec<String>,
}

impl FailureRule {
    pub fn matches(&self, failure: &Failure) -> bool {
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
