//! Text for terminals and pipes.

use std::borrow::Cow;
use std::path::Path;

use piton_base::terminal::{self, clean};
use serde::Serializer;

/// Writes rows of cells with tabs between them.
pub(crate) fn tsv<'a>(rows: impl IntoIterator<Item = Vec<Cow<'a, str>>>) -> String {
    let mut out = String::new();
    for row in rows {
        for (index, cell) in row.iter().enumerate() {
            if index > 0 {
                out.push('\t');
            }
            out.push_str(&clean(cell));
        }
        out.push('\n');
    }
    out
}

/// Writes rows of cells in aligned columns.
pub(crate) fn columns(rows: &[Vec<Cow<'_, str>>]) -> String {
    let cleaned: Vec<Vec<Cow<'_, str>>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| clean(cell)).collect())
        .collect();
    let mut widths: Vec<usize> = Vec::new();
    for row in &cleaned {
        for (index, cell) in row.iter().enumerate() {
            let width = terminal::columns(cell);
            match widths.get_mut(index) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let mut out = String::new();
    for row in &cleaned {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            let padding = width - terminal::columns(cell) + 2;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let rows = [
            vec!["a".into(), "bb".into()],
            vec!["ccc".into(), "d".into()],
        ];
        assert_eq!(columns(&rows), "a    bb\nccc  d\n");
    }
}
