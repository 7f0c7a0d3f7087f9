//! What an agent at work may not change, although it could.

use std::path::Path;

use piton_base::Digest;
use piton_durable::write_atomic;
use piton_git::slot::{Changes, Slot};

use super::shop::Shop;
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

/// Says what the agent changed that it may not. Where that is piton's own
/// settings it is kept as a patch: a person may want it.
pub(super) fn refusal(shop: &Shop<'_>, slot: &Slot, strays: &[String]) -> String {
    let story = format!(
        "the agent changed what is not its to change: {}",
        strays.join(", ")
    );
    match offered(shop, slot, strays) {
        Some(patch) => {
            format!("{story}; if you want its settings, look at {patch}, and `git apply` it")
        }
        None => story,
    }
}

/// Keeps a change of settings where a person can take it. Trouble in doing so
/// changes nothing: it is refused all the same.
fn offered(shop: &Shop<'_>, slot: &Slot, strays: &[String]) -> Option<String> {
    let settings = strays.iter().map(Path::new);
    let settings: Vec<&Path> = settings.filter(|path| is_settings(path)).collect();
    if settings.is_empty() {
        return None;
    }
    let patch = slot.patch(shop.disk, &settings).ok().flatten()?;
    let text = String::from_utf8_lossy(&patch);
    if shop.secrets.iter().any(|secret| secret.is_in(&text)) {
        return None;
    }
    let name = format!("settings-{}.patch", &Digest::of(&patch).hex()[..12]);
    let path = shop.site.failures().join(name);
    write_atomic(shop.disk, &path, &patch, 0o600).ok()?;
    let shown = path.strip_prefix(shop.site.root()).unwrap_or(&path);
    Some(shown.display().to_string())
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
