//! The two halves of the world that plans are about.

use serde_json::Value;

use crate::failure::Failure;
use crate::given::Given;
use crate::operation::Operation;
use crate::output::OutputMap;

/// The reading half: tells how the world stands to an operation. One function
/// serves the check before a saved plan is applied, the check just before an
/// action is performed, carrying on after a crash, and verification.
pub trait Observe<O: Operation>: Sync {
    fn observe(&self, operation: &O, given: &Given<'_>, moment: Moment) -> Looked<O::Seen>;
}

/// The writing half: does what an operation says, and nothing else. It is given
/// what the look just before has seen, and need not look again.
pub trait Perform<O: Operation>: Sync {
    fn perform(&self, operation: &O, given: &Given<'_>, seen: O::Seen) -> Result<Done, Failure>;
}

/// When the world is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Before anything of the plan is performed: do its premises hold?
    Before,
    /// Right before this action is performed.
    JustBefore,
    /// After the plan was performed. A remote service that shows late what was
    /// written is waited for here, and nowhere else.
    After,
}

/// How the world stands to an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation<S> {
    /// The premise holds, and there is something to do.
    Pending { found: String, seen: S },
    /// What the operation wants holds already.
    Already { outputs: OutputMap },
    /// The premise does not hold any more.
    Changed { expected: String, found: String },
    /// The world does not tell.
    Unknown { why: String, seen: S },
}

/// What looking comes to.
pub type Looked<S = ()> = Result<Observation<S>, Failure>;

impl<S> Observation<S> {
    /// What the operation wants holds already, and gives no outputs.
    pub fn already() -> Self {
        Self::Already {
            outputs: OutputMap::new(),
        }
    }

    /// The premise holds; performing is given what was seen.
    pub fn pending(found: impl Into<String>, seen: S) -> Self {
        let found = found.into();
        Self::Pending { found, seen }
    }

    /// The premise does not hold any more.
    pub fn changed(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self::Changed {
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// Turns what was seen into something else.
    pub fn map<T>(self, turn: impl FnOnce(S) -> T) -> Observation<T> {
        match self {
            Self::Pending { found, seen } => Observation::Pending {
                found,
                seen: turn(seen),
            },
            Self::Already { outputs } => Observation::Already { outputs },
            Self::Changed { expected, found } => Observation::Changed { expected, found },
            Self::Unknown { why, seen } => Observation::Unknown {
                why,
                seen: turn(seen),
            },
        }
    }
}

/// What performing an operation gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    pub message: String,
    pub outputs: OutputMap,
}

impl Done {
    pub fn saying(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            outputs: OutputMap::new(),
        }
    }

    /// Adds an output.
    #[must_use]
    pub fn with<T>(mut self, output: &crate::Output<T>, value: impl Into<Value>) -> Self {
        self.outputs.insert(output.name().to_owned(), value.into());
        self
    }
}
