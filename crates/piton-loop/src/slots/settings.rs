//! How slots are made here, and where.

use piton_agent::sealing::SealTerms;
use piton_git::slot::SlotHome;

use super::SetupCommand;
use crate::guard::Surroundings;

/// What a repository's settings say about slots.
#[derive(Clone, Debug)]
pub struct SlotSettings {
    pub home: SlotHome,
    /// How much new content one call may make, in bytes.
    pub max_new: u64,
    pub setup: Option<SetupCommand>,
    /// On what terms programs run on what is in a slot.
    pub terms: SealTerms,
    /// What git reads of the user's own, for the guard.
    pub around: Surroundings,
}

impl SlotSettings {
    /// A hundred megabytes: more than any plan, less than a forgotten build.
    pub const MAX_NEW: u64 = 100_000_000;

    /// Returns the same for one of several jobs, which keeps its own slots.
    #[must_use]
    pub fn for_job(&self, number: u32) -> Self {
        Self {
            home: self.home.clone().beginning_with(number),
            ..self.clone()
        }
    }

    /// Returns settings with nothing but a place.
    pub fn at(home: SlotHome) -> Self {
        Self {
            home,
            max_new: Self::MAX_NEW,
            setup: None,
            terms: SealTerms::off(),
            around: Surroundings::default(),
        }
    }
}
