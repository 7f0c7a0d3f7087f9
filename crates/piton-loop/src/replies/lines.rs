//! Lines and white space as the original's language sees them.
//!
//! Formats that piton shares with it are defined in those terms, and they are
//! wider than Rust's: text breaks at ten characters, not at one.

/// Splits at every line break, which is never part of a line.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some((at, found)) = rest.char_indices().find(|(_, c)| is_break(*c)) else {
            return Some(std::mem::take(&mut rest));
        };
        let line = &rest[..at];
        let after = &rest[at + found.len_utf8()..];
        rest = match found {
            '\r' => after.strip_prefix('\n').unwrap_or(after),
            _ => after,
        };
        Some(line)
    })
}

/// Takes white space off both ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// White space, with the four information separators that Unicode's own
/// property leaves out.
pub(crate) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{1c}'..='\u{1f}')
}

fn is_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_breaks_at_every_unicode_line_break_and_crlf_is_one() {
        let text = "a\r\nb\rc\u{b}d\u{85}e\u{2028}f\n\ng\n";
        assert_eq!(
            lines(text).collect::<Vec<_>>(),
            ["a", "b", "c", "d", "e", "f", "", "g"]
        );
    }

    #[test]
    fn empty_text_has_no_line() {
        assert_eq!(lines("").count(), 0);
    }

    #[test]
    fn separators_count_as_white_space() {
        assert_eq!(trim("\u{1f}\u{a0} x \u{2003}"), "x");
    }
}
