//! Text as the original's language cuts it: white space, lines, digits, case.

use std::borrow::Cow;

/// Tells whether the original takes `c` for white space. It counts the four
/// separator controls, which Unicode's own property does not.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Cuts white space off both ends.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Splits at every line break the original knows, which are more than `\n`.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(at) = rest.find(is_line_break) else {
            return Some(std::mem::take(&mut rest));
        };
        let (line, tail) = rest.split_at(at);
        rest = tail.strip_prefix("\r\n").unwrap_or_else(|| {
            let mut chars = tail.chars();
            chars.next();
            chars.as_str()
        });
        Some(line)
    })
}

fn is_line_break(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Turns CR LF and CR into LF.
pub fn with_newlines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Strips `word` off the front of `text`, whatever its case. `word` is
/// lower-case ASCII; the few letters beyond ASCII that the original's matcher
/// folds to an ASCII one count as that one.
pub fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut rest = text.chars();
    for expected in word.chars() {
        if fold(rest.next()?) != expected {
            return None;
        }
    }
    Some(rest.as_str())
}

fn fold(c: char) -> char {
    match c {
        '\u{130}' | '\u{131}' => 'i',
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => c.to_ascii_lowercase(),
    }
}

/// The zero of every run of decimal digits in Unicode.
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
    0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650,
    0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50,
    0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];

/// Returns the value of a decimal digit of any script.
pub(crate) fn decimal_digit(c: char) -> Option<u8> {
    let code = u32::from(c);
    let run = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    let value = code - ZEROS[run];
    (value < 10).then_some(u8::try_from(value).ok()?)
}

/// Characters that the original calls digits and yet cannot turn into numbers.
const OTHER_DIGITS: &[(u32, u32)] = &[
    (0xb2, 0xb3),
    (0xb9, 0xb9),
    (0x1369, 0x1371),
    (0x19da, 0x19da),
    (0x2070, 0x2070),
    (0x2074, 0x2079),
    (0x2080, 0x2089),
    (0x2460, 0x2468),
    (0x2474, 0x247c),
    (0x2488, 0x2490),
    (0x24ea, 0x24ea),
    (0x24f5, 0x24fd),
    (0x24ff, 0x24ff),
    (0x2776, 0x277e),
    (0x2780, 0x2788),
    (0x278a, 0x2792),
    (0x10a40, 0x10a43),
    (0x10e60, 0x10e68),
    (0x11052, 0x1105a),
    (0x1f100, 0x1f10a),
];

/// Tells whether `c` is a digit without a decimal value, such as a superscript.
pub(crate) fn is_other_digit(c: char) -> bool {
    let code = u32::from(c);
    OTHER_DIGITS
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_every_break_and_the_last_break_opens_no_line() {
        let found: Vec<_> = lines("a\r\nb\rc\u{b}d\u{2028}\u{85}e\n").collect();
        assert_eq!(found, ["a", "b", "c", "d", "", "e"]);
        assert_eq!(lines("").count(), 0);
        assert_eq!(lines("\n").collect::<Vec<_>>(), [""]);
    }

    #[test]
    fn separator_controls_are_white_space() {
        assert_eq!(strip("\u{1c}\u{a0} x\u{1f}\u{3000}"), "x");
    }

    #[test]
    fn words_match_whatever_their_case() {
        assert_eq!(
            strip_word("PreCondit\u{130}on: x", "precondition"),
            Some(": x")
        );
        assert_eq!(strip_word("pre", "precondition"), None);
    }

    #[test]
    fn digits_of_every_script_have_values() {
        assert_eq!(decimal_digit('7'), Some(7));
        assert_eq!(decimal_digit('\u{661}'), Some(1));
        assert_eq!(decimal_digit('\u{1d7ff}'), Some(9));
        assert_eq!(decimal_digit('\u{b2}'), None);
        assert_eq!(decimal_digit('/'), None);
        assert!(is_other_digit('\u{b2}'));
    }
}
