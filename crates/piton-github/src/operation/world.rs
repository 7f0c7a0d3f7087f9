//! The two halves of a forge for operations.

use std::fmt;
use std::time::Duration;

use piton_plan::{Failure, Looked, Moment, Observation, SecretRef, SecretText};

use crate::client::Patience;
use crate::error::ForgeError;
use crate::forge::{Forge, ForgeRead};

/// How often, and after how long, a forge is asked again whether it shows what
/// was written.
const AGAIN: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// The half that looks.
#[derive(Clone, Copy, Debug)]
pub struct ForgeWorld<'a> {
    pub forge: &'a dyn ForgeRead,
    pub patience: &'a dyn Patience,
}

impl<'a> ForgeWorld<'a> {
    /// Looks; after performing, it looks again for a while: a forge shows late
    /// what was written.
    pub(super) fn settled<S>(
        &self,
        moment: Moment,
        look: impl Fn(&'a dyn ForgeRead) -> Looked<S>,
    ) -> Looked<S> {
        let mut seen = look(self.forge);
        if moment != Moment::After {
            return seen;
        }
        for pause in AGAIN {
            if matches!(seen, Ok(Observation::Already { .. })) || self.patience.wait(pause) {
                break;
            }
            seen = look(self.forge);
        }
        seen
    }
}

/// Reads secrets that plans only name.
pub trait Secrets: Sync {
    fn secret(&self, named: &SecretRef) -> Option<SecretText>;
}

/// The half that changes.
#[derive(Clone, Copy)]
pub struct ForgePerformer<'a> {
    pub forge: &'a dyn Forge,
    pub secrets: &'a dyn Secrets,
    pub patience: &'a dyn Patience,
}

impl fmt::Debug for ForgePerformer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForgePerformer")
            .field("forge", &self.forge)
            .finish_non_exhaustive()
    }
}

impl From<ForgeError> for Failure {
    fn from(error: ForgeError) -> Self {
        let failure = Self::new(error.kind(), error.to_string()).until(error.until());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
