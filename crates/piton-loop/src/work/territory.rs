//! What an agent at work may not change, although it could.

use std::path::Path;

use piton_git::slot::Changes;

use crate::planning::site::Site;

/// Piton's own settings: what they say decides about the work.
const SETTINGS: [&str; 2] = ["piton.toml", ".piton"];

/// Returns paths that the agent changed and may not have. `own` is the
/// directory of the migration that it works for.
pub(super) fn strays(site: &Site, changes: &Changes, own: Option<&Path>) -> Vec<String> {
    let migrations = Path::new(site.migrations());
    let stray = |path: &Path| {
        let in_migrations =
            path.starts_with(migrations) && own.is_none_or(|own| !path.starts_with(own));
        in_migrations || SETTINGS.iter().any(|settings| path.starts_with(settings))
    };
    changes
        .0
        .iter()
        .filter(|change| stray(&change.path))
        .map(|change| change.path.display().to_string())
        .collect()
}
