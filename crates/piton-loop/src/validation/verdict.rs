//! What came of a validation.

use std::fmt;
use std::time::Duration;

use piton_agent::process::ExitKind;

/// How often it ran, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No command is configured.
    NotAsked,
    Green {
        lasted: Duration,
    },
    /// Red first, then green without any change.
    Flaky {
        attempts: u32,
        accepted: bool,
    },
    Red(Red),
    /// piton was told to stop.
    Stopped,
}

/// Why it is red, with the end of what it printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Red {
    pub how: How,
    /// The last lines of both outputs.
    pub tail: String,
    /// It was sealed, and was denied something.
    pub met_the_seal: bool,
}

/// How a red run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Exit(ExitKind),
    Silent(Duration),
    TooLong(Duration),
}

impl Verdict {
    /// Whether what was validated may be committed.
    pub fn is_good(&self) -> bool {
        match self {
            Self::NotAsked | Self::Green { .. } => true,
            Self::Flaky { accepted, .. } => *accepted,
            Self::Red(_) | Self::Stopped => false,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("no validation command is configured"),
            Self::Green { .. } => f.write_str("green"),
            Self::Flaky { attempts, accepted } => {
                let then = if *accepted { "accepted" } else { "refused" };
                write!(f, "FLAKY: red and then green in {attempts} runs; {then}")
            }
            Self::Red(red) => red.how.fmt(f),
            Self::Stopped => f.write_str("interrupted"),
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(exit) => write!(f, "red ({exit})"),
            Self::Silent(limit) => {
                write!(f, "red: it printed nothing for {} s", limit.as_secs())
            }
            Self::TooLong(limit) => write!(f, "red: not done after {} s", limit.as_secs()),
        }
    }
}
