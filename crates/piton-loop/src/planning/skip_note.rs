//! The note that a rejected plan leaves behind.

use std::fmt::Write as _;

use piton_migration::own::OwnData;
use piton_migration::slug::Slug;

/// The note's path below the migration's directory.
pub(super) const SKIP_NOTE_FILE: &str = "intentional-skip.md";

/// Returns the note's text.
pub(super) fn render(slug: &Slug, target: &str, own: &OwnData, reason: &str) -> String {
    let mut note = format!(
        "# Intentional Skip: {slug}\n\n## Target\n\n{}\n",
        target.trim()
    );
    if let Some(target) = &own.target
        && !target.files.is_empty()
    {
        note.push('\n');
        for file in &target.files {
            let _ = writeln!(note, "- `{file}`");
        }
    }
    let _ = write!(note, "\n## Blocker Reason\n\n{}\n", reason.trim());
    note
}
