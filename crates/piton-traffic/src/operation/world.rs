//! The two halves of traffic tracking: a forge, files, and clients for a token
//! that is being tried.

use std::fmt;

use piton_github::ForgeRead;
use piton_github::operation::{ForgePerformer, ForgeWorld};
use piton_plan::files::{FilePerformer, FileWorld};
use piton_plan::{Failure, FailureKind, SecretText};

use super::examine::Examine;

/// Makes the reading half of a forge that signs in with another token.
pub trait TryToken: Sync {
    fn forge(&self, token: &SecretText) -> Result<Box<dyn ForgeRead>, Failure>;
}

/// The half that looks.
#[derive(Clone, Copy, Debug)]
pub struct TrafficWorld<'a> {
    /// Not there where nobody needs it.
    pub forge: Option<ForgeWorld<'a>>,
    pub files: FileWorld<'a>,
}

impl TrafficWorld<'_> {
    pub(super) fn forge(&self) -> Result<&ForgeWorld<'_>, Failure> {
        self.forge.as_ref().ok_or_else(no_forge)
    }
}

/// The half that changes.
#[derive(Clone, Copy)]
pub struct TrafficPerformer<'a> {
    pub forge: Option<ForgePerformer<'a>>,
    pub files: FilePerformer<'a>,
    pub with_token: &'a dyn TryToken,
    pub examine: &'a dyn Examine,
}

impl fmt::Debug for TrafficPerformer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrafficPerformer")
            .field("forge", &self.forge)
            .finish_non_exhaustive()
    }
}

impl TrafficPerformer<'_> {
    pub(super) fn forge(&self) -> Result<&ForgePerformer<'_>, Failure> {
        self.forge.as_ref().ok_or_else(no_forge)
    }
}

fn no_forge() -> Failure {
    Failure::new(
        FailureKind::Input,
        "the plan needs GitHub, which is not set up here",
    )
}
