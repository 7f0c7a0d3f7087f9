//! The note that a rejected plan leaves behind.

use std::fmt::Write as _;

use super::snapshot::Snapshot;

/// The note's path below the migration's directory.
pub const SKIP_NOTE_FILE: &str = "intentional-skip.md";

/// Returns the note's text.
pub fn render(rejected: &Snapshot, reason: &str) -> String {
    let mut note = format!(
        "# Intentional Skip: {}\n\n## Target\n\n{}\n",
        rejected.slug,
        rejected.state.target().trim()
    );
    if let Some(target) = &rejected.own.target
        && !target.files.is_empty()
    {
        note.push('\n');
        for file in &target.files {
            // Writing to a string cannot fail.
            let _ = writeln!(note, "- `{file}`");
        }
    }
    let _ = write!(note, "\n## Blocker Reason\n\n{}\n", reason.trim());
    note
}
