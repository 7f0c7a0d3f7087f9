//! Whether an agent wrote a secret of the user's into what is to be committed.
//!
//! What an agent says is redacted where it is read. Its files are looked at
//! here, before anything of them goes into the user's repository.

use std::path::Path;

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
        let now = shop.disk.read_at_most(&file, LONGEST).ok()?;
        let variable = Secret::within(shop.secrets, &now)?;
        let before = before(shop, slot.base(), &change.path).unwrap_or_default();
        let was_there = Secret::within(shop.secrets, &before) == Some(variable);
        (!was_there).then(|| told(&change.path.to_string_lossy(), variable))
    })
}

/// Says that an agent wrote down a secret.
pub(crate) fn told(file: &str, variable: &str) -> String {
    format!("the agent wrote the value of {variable} into {file}; none of its work was taken")
}

fn before(shop: &Shop<'_>, base: &CommitId, path: &Path) -> Option<Vec<u8>> {
    let found = shop.repository.contents_at(&[(base, path)]);
    found.ok()?.pop().flatten()
}
