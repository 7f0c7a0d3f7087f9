//! How a run goes on: after failures, at once, and until when.

use std::num::NonZeroUsize;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

/// What a failure means for the rest of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorPolicy {
    /// Begins nothing more.
    FailFast,
    /// Skips what depends on it, through any number of levels.
    #[default]
    SkipDependents,
    /// Goes on, except where an output is missing.
    Continue,
}

/// A word that names no error policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an error policy; use one of fail-fast, skip-dependents, continue", .0.escape_debug())]
pub struct UnknownErrorPolicy(String);

impl FromStr for ErrorPolicy {
    type Err = UnknownErrorPolicy;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "fail-fast" => Ok(Self::FailFast),
            "skip-dependents" => Ok(Self::SkipDependents),
            "continue" => Ok(Self::Continue),
            _ => Err(UnknownErrorPolicy(text.to_owned())),
        }
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

/// Asks a run to stop before the next action.
#[derive(Debug, Default)]
pub struct Stop(AtomicBool);

impl Stop {
    pub const fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    pub fn stop(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_stopped(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
