//! Whether an agent wrote a secret of the user's into what is to be committed.
//!
//! What an agent says is redacted where it is read. Its files are looked at
//! here, before anything of them goes into the user's repository.

use std::path::Path;

use piton_durable::{DiskError, DiskResult, Kind};
use piton_git::CommitId;
use piton_git::slot::{Changes, Slot};
use piton_migration::secret::Secret;

use super::shop::Shop;

/// Longer files are no texts that a secret is written into by hand.
const LONGEST: u64 = 16 << 20;

/// Looks at every file that was changed, and says what is wrong. A secret that
/// the commit had there before is the user's own doing.
pub(super) fn look(shop: &Shop<'_>, slot: &Slot, changes: &Changes) -> Option<String> {
    if shop.secrets.is_empty() {
        return None;
    }
    changes.0.iter().find_map(|change| {
        let file = slot.dir().join(&change.path);
        let now = match text(shop, &file) {
            Ok(text) => text?,
            Err(error) => return Some(unseen(&change.path.to_string_lossy(), &error)),
        };
        let variable = Secret::within(shop.secrets, &now)?;
        let before = before(shop, slot.base(), &change.path).unwrap_or_default();
        let was_there = Secret::within(shop.secrets, &before) == Some(variable);
        (!was_there).then(|| told(&change.path.to_string_lossy(), variable))
    })
}

/// Returns what was written into a file that may be a text; a secret in one that
/// cannot be looked at would not be found.
fn text(shop: &Shop<'_>, file: &Path) -> DiskResult<Option<Vec<u8>>> {
    match shop.disk.stat(file)? {
        Some(stat) if stat.kind == Kind::File && stat.len <= LONGEST => {
            shop.disk.read_at_most(file, LONGEST).map(Some)
        }
        Some(_) | None => Ok(None),
    }
}

fn unseen(file: &str, error: &DiskError) -> String {
    format!(
        "{file} cannot be looked through for secrets ({error}); nothing of the agent's work was taken"
    )
}

/// Says that an agent wrote down a secret.
pub(crate) fn told(file: &str, variable: &str) -> String {
    format!("the agent wrote the value of {variable} into {file}; none of its work was taken")
}

fn before(shop: &Shop<'_>, base: &CommitId, path: &Path) -> Option<Vec<u8>> {
    let found = shop.repository.contents_at(&[(base, path)]);
    found.ok()?.pop().flatten()
}
