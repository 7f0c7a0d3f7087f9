//! The sections of a phase document.

use crate::text::{is_space, lines, strip, strip_word};

/// A level-2 heading that piton looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    Precondition,
    DefinitionOfDone,
    RequiredEffort,
    EffortReason,
}

impl Heading {
    /// Returns the heading's words as a document should spell them.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Precondition => "Precondition",
            Self::DefinitionOfDone => "Definition of Done",
            Self::RequiredEffort => "Required Effort",
            Self::EffortReason => "Effort Reason",
        }
    }

    fn folded(self) -> &'static str {
        match self {
            Self::Precondition => "precondition",
            Self::DefinitionOfDone => "definition of done",
            Self::RequiredEffort => "required effort",
            Self::EffortReason => "effort reason",
        }
    }
}

/// Tells whether a document has the heading. Its line endings must be `\n`.
pub fn has_heading(document: &str, heading: Heading) -> bool {
    after_heading(document, heading).is_some()
}

/// Returns a section's lines, trimmed and joined by single spaces, or `None`
/// where the section is missing or empty.
pub(super) fn section(document: &str, heading: Heading) -> Option<String> {
    let joined = lines(section_body(document, heading)?)
        .map(strip)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    (!joined.is_empty()).then_some(joined)
}

/// Returns a section's text as written, without blank lines around it.
pub fn section_text(document: &str, heading: Heading) -> Option<&str> {
    let text = section_body(document, heading)?.trim_matches('\n');
    let text = text.trim_end_matches(is_space);
    (!strip(text).is_empty()).then_some(text)
}

/// Returns what follows the value's key on the first line that starts with
/// it. White space after the key may run over line ends.
pub(super) fn line_value<'a>(document: &'a str, key: &str) -> Option<&'a str> {
    line_starts(document).find_map(|start| {
        let rest = strip_word(&document[start..], key)?.strip_prefix(':')?;
        let value = rest.trim_start_matches(is_space);
        let line = value.split('\n').next().unwrap_or(value);
        (!line.is_empty()).then(|| strip(line))
    })
}

fn section_body(document: &str, heading: Heading) -> Option<&str> {
    let body = after_heading(document, heading)?;
    let end = line_starts(body)
        .find(|start| opens_section(&body[*start..]))
        .unwrap_or(body.len());
    Some(&body[..end])
}

/// Returns the text after the first such heading, from the white space that
/// ends its line on.
fn after_heading(document: &str, heading: Heading) -> Option<&str> {
    line_starts(document).find_map(|start| {
        let marked = document[start..].strip_prefix("##")?;
        let words = marked.trim_start_matches(is_space);
        if words.len() == marked.len() {
            return None;
        }
        let rest = strip_word(words, heading.folded())?;
        let tail = rest.trim_start_matches(|c| c != '\n' && is_space(c));
        (tail.is_empty() || tail.starts_with('\n')).then_some(tail)
    })
}

/// Tells whether a line starts with two number signs and white space.
fn opens_section(line: &str) -> bool {
    line.strip_prefix("##")
        .is_some_and(|rest| rest.starts_with(is_space))
}

fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_two_signs_then_the_words_alone() {
        for good in [
            "## Precondition",
            "# x\n##\t precondition \t\ny",
            "##\n\nPRECONDITION\n",
            "```\n## Precondition\n```",
        ] {
            assert!(has_heading(good, Heading::Precondition), "{good}");
        }
        for bad in [
            "## Precondition:",
            "## Preconditions",
            " ## Precondition",
            "### Precondition",
            "##Precondition",
            "x ## Precondition",
        ] {
            assert!(!has_heading(bad, Heading::Precondition), "{bad}");
        }
        assert!(!has_heading(
            "## Definition of  Done",
            Heading::DefinitionOfDone
        ));
    }

    #[test]
    fn a_section_ends_at_the_next_heading_of_its_level() {
        assert_eq!(
            section(
                "## Precondition\n a \n\n### b\n##c\n## Other\nd",
                Heading::Precondition
            )
            .as_deref(),
            Some("a ### b ##c")
        );
        assert_eq!(
            section("## Precondition\n\n## Other\n", Heading::Precondition),
            None
        );
    }

    #[test]
    fn a_value_may_stand_on_the_line_after_its_key() {
        assert_eq!(
            line_value("x\nPrecondition:\n\n y \nz", "precondition"),
            Some("y")
        );
        assert_eq!(line_value(" precondition: y", "precondition"), None);
        assert_eq!(line_value("precondition: ", "precondition"), None);
    }
}
