//! What publishes of this process have made live.

use std::sync::{Mutex, MutexGuard, PoisonError};

use piton_durable::TreeDigest;

use crate::slug::Slug;

/// What publishes of this process have made live. Hooks may have changed a
/// candidate on its way, and then it is not what the plan said beforehand.
#[derive(Debug, Default)]
pub struct Settled(Mutex<Vec<(Slug, TreeDigest)>>);

impl Settled {
    pub fn note(&self, slug: &Slug, digest: &TreeDigest) {
        self.open().push((slug.clone(), digest.clone()));
    }

    pub(super) fn is(&self, slug: &Slug, digest: &TreeDigest) -> bool {
        self.open()
            .iter()
            .any(|(known, made)| known == slug && made == digest)
    }

    fn open(&self) -> MutexGuard<'_, Vec<(Slug, TreeDigest)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
