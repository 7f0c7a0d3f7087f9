//! Reading a review as the original does.

use crate::text::{lines, strip};

/// What a review came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    Clear,
    Findings,
}

/// Reads a review. It is clear when it says "no findings" on one line, or
/// nothing at all; whether saying nothing is acceptable is the caller's to
/// decide, before asking here.
pub fn review(stdout: &str) -> Review {
    let mut blank = true;
    for line in lines(stdout) {
        if line.to_lowercase().contains("no findings") {
            return Review::Clear;
        }
        blank &= strip(line).is_empty();
    }
    if blank {
        Review::Clear
    } else {
        Review::Findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_is_clear_only_when_it_says_so_or_nothing() {
        assert_eq!(review("1. x\nNo Findings here"), Review::Clear);
        assert_eq!(review(" \n\t"), Review::Clear);
        assert_eq!(review("none"), Review::Findings);
        assert_eq!(review("no\u{2028}findings"), Review::Findings);
    }
}
