//! The names of phase documents: `phase-<number>-<name>.md`.

use std::cmp::Ordering;

use crate::text::{decimal_digit, is_other_digit};

/// A phase's number, of any size: leading zeros do not count.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PhaseNumber(Vec<u8>);

impl PhaseNumber {
    /// Reads decimal digits of any script.
    fn read(digits: &str) -> Option<Self> {
        let values = digits
            .chars()
            .map(decimal_digit)
            .collect::<Option<Vec<_>>>()?;
        if values.is_empty() {
            return None;
        }
        let zeros = values.iter().take_while(|value| **value == 0).count();
        Some(Self(values[zeros..].to_vec()))
    }
}

impl Ord for PhaseNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        // Without leading zeros the longer number is the larger one.
        (self.0.len(), &self.0).cmp(&(other.0.len(), &other.0))
    }
}

impl PartialOrd for PhaseNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What the name of a phase document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocName<'a> {
    pub number: PhaseNumber,
    pub name: &'a str,
}

impl<'a> DocName<'a> {
    /// Reads a file name as the consistency checks do: the name may not be
    /// empty.
    pub fn parse(file: &'a str) -> Option<Self> {
        let (digits, name) = split(file)?;
        let number = PhaseNumber::read(digits)?;
        (!name.is_empty() && !name.contains('\n')).then_some(Self { number, name })
    }

    /// Reads a file name as discovery does: an empty name passes, and digits
    /// that have no decimal value are a mistake rather than another file.
    pub(super) fn discover(file: &'a str) -> Discovered<'a> {
        let Some((digits, name)) = split(file) else {
            return Discovered::OtherFile;
        };
        if let Some(number) = PhaseNumber::read(digits) {
            return Discovered::Phase(Self { number, name });
        }
        let all_digits = digits
            .chars()
            .all(|c| decimal_digit(c).is_some() || is_other_digit(c));
        if all_digits && !digits.is_empty() {
            Discovered::Unnumberable
        } else {
            Discovered::OtherFile
        }
    }
}

/// What discovery makes of a file name.
pub(super) enum Discovered<'a> {
    Phase(DocName<'a>),
    OtherFile,
    Unnumberable,
}

fn split(file: &str) -> Option<(&str, &str)> {
    file.strip_prefix("phase-")?
        .strip_suffix(".md")?
        .split_once('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(file: &str) -> Option<&str> {
        DocName::parse(file).map(|doc| doc.name)
    }

    #[test]
    fn only_numbered_and_named_markdown_is_a_phase_document() {
        assert_eq!(name("phase-3-multi-part-name.md"), Some("multi-part-name"));
        assert_eq!(name("phase-1-a.b.md"), Some("a.b"));
        assert_eq!(name("phase-\u{661}-a.md"), Some("a"));
        for other in [
            "phase-1-.md",
            "phase-1-a.MD",
            "Phase-1-a.md",
            "phase-x-a.md",
            "phase--a.md",
            "phase-1.md",
            "phase-1a-b.md",
            "xphase-1-a.md",
            "phase-\u{b2}-a.md",
            "phase-1-a\nb.md",
        ] {
            assert_eq!(name(other), None, "{other}");
        }
    }

    #[test]
    fn digits_without_a_value_are_a_mistake_and_anything_else_another_file() {
        let kind = |file| match DocName::discover(file) {
            Discovered::Phase(doc) => doc.name,
            Discovered::OtherFile => "other",
            Discovered::Unnumberable => "a mistake",
        };
        for (file, expected) in [
            ("phase-1-a.md", "a"),
            ("phase-1-.md", ""),
            ("phase-\u{b2}-a.md", "a mistake"),
            ("phase-1\u{b2}-a.md", "a mistake"),
            ("phase-1x-a.md", "other"),
            ("phase--a.md", "other"),
            ("phase-1.md", "other"),
            ("plan.md", "other"),
        ] {
            assert_eq!(kind(file), expected, "{file}");
        }
    }

    #[test]
    fn numbers_compare_as_numbers() {
        let number = |digits| PhaseNumber::read(digits).expect("digits");
        assert!(number("9") < number("10"));
        assert_eq!(number("01"), number("1"));
        assert_eq!(number("000"), number("0"));
        assert!(number("99999999999999999999998") < number("99999999999999999999999"));
    }
}
