//! Bringing findings into the form of the recorded ones.

use std::path::{Component, Path, PathBuf};

use piton_migration::consistency::Finding;

/// Severity, code, and the path relative to the migration.
pub(crate) type Row = (String, String, String);

/// Returns the original's findings among ours as rows.
pub(crate) fn rows(findings: &[Finding], dir: &Path) -> Vec<Row> {
    findings
        .iter()
        .filter(|finding| !finding.code.is_own())
        .map(|finding| {
            (
                finding.severity.to_string(),
                finding.code.to_string(),
                relative(&finding.path, dir),
            )
        })
        .collect()
}

/// Spells a path relative to the migration. How many steps up something
/// outside lies depends on where a case was recorded, so those are left out.
fn relative(path: &Path, dir: &Path) -> String {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    match clean.strip_prefix(dir) {
        Ok(below) if below.as_os_str().is_empty() => ".".to_owned(),
        Ok(below) => below.display().to_string(),
        Err(_) => without_steps_up(&clean.display().to_string()),
    }
}

/// Takes the steps up off a recorded path that lies outside.
pub(crate) fn without_steps_up(path: &str) -> String {
    let below = path.trim_start_matches("../");
    if below.len() == path.len() {
        below.trim_start_matches('/').to_owned()
    } else {
        below.to_owned()
    }
}
