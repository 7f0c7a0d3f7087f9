//! What a taste file says, and by which version of the questions.

use piton_migration::text::{is_space, lines, strip};

/// The version whose dimensions [`DEFAULT_TASTE`] and the interview cover.
pub(crate) const CURRENT_VERSION: u32 = 1;

const HEADER: &str = "taste-scoping-version:";

/// What is used until a team writes its own.
pub const DEFAULT_TASTE: &str = include_str!("../../prompts/default-taste.md");

/// The version a taste file declares on its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TasteVersion {
    Declared(i64),
    /// No header, or one that is no whole number.
    Unknown,
}

impl TasteVersion {
    pub fn of(text: &str) -> Self {
        // White space before the header does not hide it.
        lines(text.trim_start_matches(is_space))
            .next()
            .and_then(|line| line.strip_prefix(HEADER))
            .and_then(|number| strip(number).parse().ok())
            .map_or(Self::Unknown, Self::Declared)
    }

    /// Whether the file should be gone through again.
    pub fn is_stale(self) -> bool {
        self != Self::Declared(i64::from(CURRENT_VERSION))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_taste_is_current() {
        assert!(!TasteVersion::of(DEFAULT_TASTE).is_stale());
        assert!(!TasteVersion::of("\n \t\ntaste-scoping-version: 1\n").is_stale());
        assert!(!TasteVersion::of("  taste-scoping-version: 1\n").is_stale());
        assert!(TasteVersion::of("# Taste\ntaste-scoping-version: 1\n").is_stale());
    }
}
