//! Putting a repository's own text into a prompt as data.

use crate::fence;

/// Returns `text` in a fence that nothing inside can close, marked `quoted`
/// and labelled with where it is from.
pub(super) fn quoted(text: &str, label: &str) -> String {
    let text = without_controls(text);
    let block = if text.trim().is_empty() {
        fence::fenced("(nothing)", &info(label))
    } else {
        fence::fenced(&text, &info(label))
    };
    // Templates decide about the line after it.
    block.trim_end_matches('\n').to_owned()
}

/// Returns `text` fit for the inside of a line: one line, no back-ticks.
pub(super) fn inline(text: &str) -> String {
    without_controls(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('`', "'")
}

fn info(label: &str) -> String {
    format!("quoted: {}", inline(label))
}

/// Terminal escapes and other controls hide text from whoever reads the
/// prompt; the model would still see it.
fn without_controls(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\r' => '\n',
            c if c.is_control() || is_invisible(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Characters that reorder or hide what people see: bidirectional overrides
/// and isolates, and the tag characters that can spell invisible orders.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_inside_does_not_end_the_quotation() {
        assert_eq!(
            quoted("a\n````\nb", "x"),
            "`````quoted: x\na\n````\nb\n`````"
        );
    }

    #[test]
    fn a_label_stays_on_its_line() {
        assert_eq!(quoted("a", "x\n`y`"), "```quoted: x 'y'\na\n```");
    }

    #[test]
    fn nothing_hides_from_the_reader() {
        assert_eq!(
            quoted("a\u{1b}[8mb\u{202e}\u{e0041}", "x"),
            "```quoted: x\na\u{fffd}[8mb\u{fffd}\u{fffd}\n```"
        );
    }
}
