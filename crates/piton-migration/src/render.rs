//! Text for terminals and pipes.

use std::borrow::Cow;
use std::path::Path;

use piton_base::terminal::clean;
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

/// Serialises a path, whose bytes that are not UTF-8 become replacement
/// characters: output must not fail for a name somebody gave a file.
pub(crate) fn serialize_path<S: Serializer>(path: &Path, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&path.to_string_lossy())
}
