//! Text for terminals and pipes.

use std::borrow::Cow;
use std::error::Error;
use std::path::Path;

use serde::Serializer;

/// Escapes control characters, so that text from a file can neither break a
/// row nor move a cursor. Everything else stays as it is.
pub(crate) fn on_one_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(breaks_rows) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if breaks_rows(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn breaks_rows(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Writes rows of cells with tabs between them.
pub(crate) fn tsv<'a>(rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>) -> String {
    let mut out = String::new();
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out.push('\t');
            }
            out.push_str(&on_one_line(cell));
        }
        out.push('\n');
    }
    out
}

/// Writes rows of cells in aligned columns.
pub(crate) fn columns(rows: &[Vec<Cow<'_, str>>]) -> String {
    let clean: Vec<Vec<Cow<'_, str>>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| on_one_line(cell)).collect())
        .collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &clean {
        for (index, cell) in row.iter().enumerate() {
            let width = cell.chars().count();
            match widths.get_mut(index) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let mut out = String::new();
    for row in &clean {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            let padding = width - cell.chars().count() + 2;
            line.extend(std::iter::repeat_n(' ', padding));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Serialises a path, whose bytes that are not UTF-8 become replacement
/// characters: output must not fail for a name somebody gave a file.
pub(crate) fn serialize_path<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}

/// Tells an error with its causes.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        told.push_str(": ");
        told.push_str(&cause.to_string());
        source = cause.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_a_file_cannot_break_a_row() {
        assert_eq!(on_one_line("a\tb\nc\u{1b}[2J"), "a\\tb\\nc\\u{1b}[2J");
        assert_eq!(
            on_one_line("caf\u{e9} \\ \u{65e5}"),
            "caf\u{e9} \\ \u{65e5}"
        );
    }

    #[test]
    fn columns_line_up() {
        let rows = [
            vec!["a".into(), "bb".into()],
            vec!["ccc".into(), "d".into()],
        ];
        assert_eq!(columns(&rows), "a    bb\nccc  d\n");
    }
}
