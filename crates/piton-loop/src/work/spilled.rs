//! Whether an agent wrote a secret of the user's into what is to be committed.
//!
//! What an agent says is redacted where it is read. Its files are looked at
//! here, before anything of them goes into the user's repository.

use std::path::{Path, PathBuf};

use piton_git::CommitId;
use piton_git::slot::{Changes, Slot};
use piton_migration::secret::Secret;

use super::shop::Shop;

/// Longer files are no texts that a secret is written into by hand.
const LONGEST: u64 = 16 << 20;

/// A file with the name of the variable whose value stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spilled {
    path: PathBuf,
    variable: String,
}

impl std::fmt::Display for Spilled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the agent wrote the value of {} into {}; nothing of its work was taken",
            self.variable,
            self.path.display()
        )
    }
}

/// Looks at every file that was changed. A secret that the commit had there
/// before is the user's own doing.
pub(super) fn look(shop: &Shop<'_>, slot: &Slot, changes: &Changes) -> Option<Spilled> {
    if shop.secrets.is_empty() {
        return None;
    }
    changes.0.iter().find_map(|change| {
        let file = slot.dir().join(&change.path);
        let now = shop.disk.read_at_most(&file, LONGEST).ok()?;
        let variable = Secret::within(shop.secrets, &now)?;
        let before = before(shop, slot.base(), &change.path);
        let was_there = before.is_some_and(|bytes| {
            Secret::within(shop.secrets, &bytes).is_some_and(|name| name == variable)
        });
        (!was_there).then(|| Spilled {
            path: change.path.clone(),
            variable: variable.to_owned(),
        })
    })
}

fn before(shop: &Shop<'_>, base: &CommitId, path: &Path) -> Option<Vec<u8>> {
    let found = shop.repository.contents_at(&[(base, path)]);
    found.ok()?.pop().flatten()
}
