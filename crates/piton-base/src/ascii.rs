//! JSON as Python writes it: nothing but ASCII that can be printed.

use std::fmt::Write;

/// Escapes what is beyond ASCII, and DEL, in a text that is JSON already.
pub fn ascii_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::ascii_json;

    #[test]
    fn what_is_beyond_ascii_is_escaped_in_halves() {
        assert_eq!(
            ascii_json("\"é📋\u{7f}\""),
            "\"\\u00e9\\ud83d\\udccb\\u007f\""
        );
    }
}
