//! Lone surrogates inside Rust strings.
//!
//! The original's strings may hold half of a surrogate pair, and files with
//! such a half load and save there. Rust's strings cannot, so each half is
//! carried as an escape character followed by a private-use character, and
//! turns back into the half when the string is written. The escape character
//! itself, a noncharacter that no text has a use for, is carried doubled, so
//! the mapping loses nothing and equal strings stay equal.

/// U+10FFFE is a noncharacter: interchanged text never holds it.
const ESCAPE: char = '\u{10FFFE}';
/// The first of the 2,048 private-use characters that stand for the halves.
const BASE: u32 = 0x10_F000;
const FIRST: u32 = 0xD800;
const COUNT: u32 = 0x800;

/// Appends a lone surrogate half.
pub(super) fn push_half(out: &mut String, half: u16) {
    let offset = u32::from(half).wrapping_sub(FIRST);
    if let Some(carrier) = char::from_u32(BASE + offset).filter(|_| offset < COUNT) {
        out.push(ESCAPE);
        out.push(carrier);
    }
}

/// Appends a character that is no half.
pub(super) fn push_char(out: &mut String, c: char) {
    if c == ESCAPE {
        out.push(ESCAPE);
    }
    out.push(c);
}

/// Tells whether a string carries a lone half, and so is no name a file
/// system or a terminal could take.
pub(crate) fn carries_half(text: &str) -> bool {
    text.contains(ESCAPE) && units(text).any(|unit| matches!(unit, Unit::Half(_)))
}

/// What one step through a carried string finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Char(char),
    Half(u16),
}

/// Walks a carried string, undoing the mapping.
pub(super) fn units(text: &str) -> impl Iterator<Item = Unit> {
    let mut chars = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = chars.next()?;
        if c != ESCAPE {
            return Some(Unit::Char(c));
        }
        if chars.next_if_eq(&ESCAPE).is_some() {
            return Some(Unit::Char(ESCAPE));
        }
        let half = chars
            .next_if(|next| (BASE..BASE + COUNT).contains(&u32::from(*next)))
            .and_then(|next| u16::try_from(u32::from(next) - BASE + FIRST).ok());
        Some(half.map_or(Unit::Char(ESCAPE), Unit::Half))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_and_the_escape_itself_survive_the_mapping() {
        let mut carried = String::from("a");
        push_half(&mut carried, 0xDFFF);
        push_char(&mut carried, ESCAPE);
        push_half(&mut carried, 0xD800);
        assert!(carries_half(&carried));
        assert_eq!(
            units(&carried).collect::<Vec<_>>(),
            [
                Unit::Char('a'),
                Unit::Half(0xDFFF),
                Unit::Char(ESCAPE),
                Unit::Half(0xD800)
            ]
        );
    }

    #[test]
    fn ordinary_text_carries_no_half() {
        assert!(!carries_half("a\u{10F000}\u{1F600}"));
    }
}
