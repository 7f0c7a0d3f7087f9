//! The claim on a migration: who works on it now.
//!
//! A run, a planning step and a refinement take it before the agent is asked,
//! so that nobody pays for work that somebody else is doing. The operating
//! system holds it, so it dies with its holder; publishing and landing compare
//! digests all the same.

use std::path::Path;
use std::time::Duration;

use piton_base::StateDir;
use piton_durable::{Holder, Lock, LockError, LockGuard};
use piton_migration::slug::Slug;

/// A claim, until it is dropped.
#[derive(Debug)]
pub struct Claim {
    _guard: LockGuard,
}

/// The claim was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    #[error("another process is working on {slug}")]
    Taken {
        slug: Slug,
        #[source]
        holder: LockError,
    },
    #[error("{slug} could not be claimed")]
    Lock {
        slug: Slug,
        #[source]
        source: LockError,
    },
}

impl Claim {
    /// Takes the claim on a migration, or says who has it. Nobody waits.
    pub fn take(state: &Path, slug: &Slug, holder: &Holder) -> Result<Self, ClaimError> {
        let file = StateDir::at(state).claims().join(format!("{slug}.lock"));
        match Lock::at(file).acquire(holder, Duration::ZERO) {
            Ok(guard) => Ok(Self { _guard: guard }),
            Err(error @ LockError::Held { .. }) => Err(ClaimError::Taken {
                slug: slug.clone(),
                holder: error,
            }),
            Err(source) => Err(ClaimError::Lock {
                slug: slug.clone(),
                source,
            }),
        }
    }
}
