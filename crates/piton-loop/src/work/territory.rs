//! What an agent at work may not change, although it could.

use std::path::Path;

use piton_git::slot::Changes;

use crate::planning::site::Site;

/// Piton's own settings: what they say decides about the work.
const SETTINGS: [&str; 2] = ["piton.toml", ".piton"];

/// Tells whether a path is piton's own settings. They are not the agent's to
/// change, nor anything's that it may have written: what they name is run, and
/// they say how far the seal goes. A disk may take names for the same that
/// differ in case.
pub(super) fn is_settings(path: &Path) -> bool {
    let first = path.components().next();
    first.is_some_and(|first| {
        SETTINGS
            .iter()
            .any(|name| first.as_os_str().eq_ignore_ascii_case(name))
    })
}

/// Returns paths that the agent changed and may not have. `own` is the
/// directory of the migration that it works for.
pub(super) fn strays(site: &Site, changes: &Changes, own: Option<&Path>) -> Vec<String> {
    let migrations = Path::new(site.migrations());
    let stray = |path: &Path| {
        let in_migrations =
            path.starts_with(migrations) && own.is_none_or(|own| !path.starts_with(own));
        in_migrations || is_settings(path)
    };
    changes
        .0
        .iter()
        .filter(|change| stray(&change.path))
        .map(|change| change.path.display().to_string())
        .collect()
}
