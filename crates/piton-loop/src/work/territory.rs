//! What an agent at work may not change, although it could.

use std::path::Path;

use piton_agent::CallRole;
use piton_base::Digest;
use piton_durable::write_atomic;
use piton_git::slot::{Changes, Slot};

use super::failure::WorkFailure;
use super::shop::Shop;
use crate::failures::FailureKind;

/// Piton's own settings: what they say decides about the work.
const SETTINGS: [&str; 2] = ["piton.toml", ".piton"];

/// Tells whether a path is piton's own settings. They are not the agent's to
/// change, nor anything's that it may have written: what they name is run, and
/// they say how far the seal goes. A disk may take names for the same that
/// differ in case.
pub fn is_settings(path: &Path) -> bool {
    let first = path.components().next();
    first.is_some_and(|first| {
        SETTINGS
            .iter()
            .any(|name| first.as_os_str().eq_ignore_ascii_case(name))
    })
}

/// Refuses what the agent changed and may not have. `own` is the directory of
/// the migration that it works for. Where it is piton's own settings they are
/// kept as a patch: a person may want them.
pub(super) fn refuse_strays(
    shop: &Shop<'_>,
    slot: &Slot,
    changes: &Changes,
    own: Option<&Path>,
) -> Result<(), String> {
    let migrations = Path::new(shop.site.migrations());
    let of_others =
        |path: &Path| path.starts_with(migrations) && own.is_none_or(|own| !path.starts_with(own));
    let paths = changes.0.iter().map(|change| change.path.as_path());
    let strays: Vec<&Path> = paths
        .filter(|path| of_others(path) || is_settings(path))
        .collect();
    if strays.is_empty() {
        return Ok(());
    }
    let shown: Vec<_> = strays.iter().map(|path| path.to_string_lossy()).collect();
    let story = format!(
        "the agent changed what it must not change: {}",
        shown.join(", ")
    );
    Err(match offered(shop, slot, strays) {
        Some(patch) => {
            format!("{story}; if you want its settings, look at {patch}, and `git apply` it")
        }
        None => story,
    })
}

/// Says that such work is not taken, as an agent's own wish would be told.
pub(super) fn refusal(role: CallRole, story: String) -> WorkFailure {
    WorkFailure::again(role, FailureKind::AgentRequestedTransition, story)
}

/// Keeps a change of settings where a person can take it. Trouble in doing so
/// changes nothing: it is refused all the same.
fn offered(shop: &Shop<'_>, slot: &Slot, mut settings: Vec<&Path>) -> Option<String> {
    settings.retain(|path| is_settings(path));
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
