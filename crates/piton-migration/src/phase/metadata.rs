//! What a manifest takes from a phase document.

use thiserror::Error;

use super::document::{Heading, line_value, section};
use crate::text::{is_space, with_newlines};
use piton_base::Effort;

/// The values that a phase document declares about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    pub precondition: Option<String>,
    pub required_effort: Option<Effort>,
    pub effort_reason: Option<String>,
}

/// Why a phase document's declarations cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MetadataError {
    #[error("required effort is `{}`; allowed are low, medium, high and xhigh", .0.escape_debug())]
    Effort(String),
}

impl Metadata {
    /// Reads a document. Each value is looked for as a section first, then as
    /// a line.
    pub fn read(document: &str) -> Result<Self, MetadataError> {
        let document = &with_newlines(document);
        let value = |heading, key| {
            section(document, heading)
                .or_else(|| line_value(document, key).map(str::to_owned))
                .filter(|value| !value.is_empty())
        };
        Ok(Self {
            precondition: value(Heading::Precondition, "precondition"),
            required_effort: value(Heading::RequiredEffort, "required_effort")
                .map(|label| effort(&label))
                .transpose()?,
            effort_reason: value(Heading::EffortReason, "effort_reason"),
        })
    }
}

/// Reads the tier out of a label such as `` `high`, because … ``.
fn effort(label: &str) -> Result<Effort, MetadataError> {
    label
        .trim_matches('`')
        .split(is_space)
        .find(|word| !word.is_empty())
        .map(|word| word.trim_matches(['`', '.', ',', ';', ':']))
        .and_then(|word| word.parse().ok())
        .ok_or_else(|| MetadataError::Effort(label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effort_is_the_first_word_without_its_decoration() {
        for good in ["high", "`high`", "high, surely", "` high. `", ";high:"] {
            assert_eq!(effort(good), Ok(Effort::High), "{good}");
        }
        for bad in ["High", "none", "`", "", "very high", "-high"] {
            assert!(effort(bad).is_err(), "{bad}");
        }
    }
}
