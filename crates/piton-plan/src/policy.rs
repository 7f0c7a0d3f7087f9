//! How a run goes on: after failures, and how much at once.

use std::num::NonZeroUsize;

piton_base::words! {
    /// What a failure means for the rest of a run.
    #[derive(Default, Hash)]
    pub enum ErrorPolicy: "an error policy" {
        /// Begins nothing more.
        FailFast = "fail-fast",
        /// Skips what depends on it, through any number of levels.
        #[default]
        SkipDependents = "skip-dependents",
        /// Goes on, except where an output is missing.
        Continue = "continue",
    }
}

/// How many actions may be under way at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jobs(pub NonZeroUsize);

impl Default for Jobs {
    fn default() -> Self {
        Self(NonZeroUsize::MIN)
    }
}
