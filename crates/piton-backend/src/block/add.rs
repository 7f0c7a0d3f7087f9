//! Puts a block into a text that has none: above the footer, if there is one.

use crate::text::footer_start;

/// Returns the place where a new block goes.
pub fn insertion_point(text: &str) -> usize {
    footer_start(text).unwrap_or(text.len())
}

/// Adds a rendered block; every other byte stays.
pub fn add_block(text: &str, block: &str) -> String {
    let at = insertion_point(text);
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let block = if eol == "\r\n" {
        block.replace('\n', eol)
    } else {
        block.to_owned()
    };
    let gap = if text[..at].is_empty() {
        String::new()
    } else {
        eol.repeat(2)
    };
    format!("{}{gap}{block}{}", &text[..at], &text[at..])
}
