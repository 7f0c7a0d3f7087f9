//! Everything that a request to a forge can come to instead of an answer.

use jiff::Timestamp;
use piton_plan::FailureKind;

pub(crate) type Result<T, E = ForgeError> = std::result::Result<T, E>;

/// Which of GitHub's two limits was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitKind {
    /// Requests in an hour.
    Primary,
    /// Too many at once, or too many writes.
    Secondary,
}

/// How the way to the server failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the name of the host was not found")]
    NoHost,
    #[error("the connection was refused")]
    Refused,
    #[error("no answer in time")]
    Timeout,
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("no safe connection: {0}")]
    Tls(String),
}

/// Why a request gave no answer. Callers act on each of these differently.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForgeError {
    /// It is not there, it was deleted, or this token may not know of it.
    #[error("{what}: not found ({message})")]
    NotFound { what: String, message: String },
    /// No token, or one that GitHub does not take.
    #[error("{what}: not signed in ({message})")]
    NotSignedIn { what: String, message: String },
    /// The token lacks a permission; which, where GitHub tells.
    #[error("{what}: no permission{} ({message})", needs_words(needs.as_deref()))]
    NoPermission {
        what: String,
        needs: Option<String>,
        message: String,
    },
    #[error("{what}: GitHub's limit is used up until {until} ({message})")]
    Limited {
        what: String,
        kind: LimitKind,
        until: Timestamp,
        message: String,
    },
    /// Somebody else was there first, or it stands already.
    #[error("{what}: conflict ({message})")]
    Conflict { what: String, message: String },
    /// GitHub understood, and said no.
    #[error("{what}: refused with {status} ({message})")]
    Refused {
        what: String,
        status: u16,
        message: String,
    },
    /// GitHub is down, or says that it cannot just now.
    #[error("{what}: GitHub failed with {status} ({message})")]
    Outage {
        what: String,
        status: u16,
        message: String,
        unsure: bool,
    },
    #[error("{what}: {trouble}")]
    Transport {
        what: String,
        trouble: Trouble,
        unsure: bool,
    },
    /// An answer came, and is not what GitHub's description says.
    #[error("{what}: unexpected answer: {why}")]
    Garbled {
        what: String,
        why: String,
        unsure: bool,
    },
    /// The wish to stop was heard while waiting.
    #[error("{what}: stopped")]
    Stopped { what: String },
}

fn needs_words(needs: Option<&str>) -> String {
    needs.map_or_else(String::new, |needs| format!(", it needs {needs}"))
}

impl ForgeError {
    /// An answer that is not what GitHub's description says; `unsure` where it
    /// stands for a change.
    pub(crate) fn garbled(what: impl Into<String>, why: impl Into<String>, unsure: bool) -> Self {
        Self::Garbled {
            what: what.into(),
            why: why.into(),
            unsure,
        }
    }

    /// Whether a change may have been done although no answer tells so. Whoever
    /// sends it again looks first.
    pub const fn may_have_happened(&self) -> bool {
        match self {
            Self::Outage { unsure, .. }
            | Self::Transport { unsure, .. }
            | Self::Garbled { unsure, .. } => *unsure,
            Self::NotFound { .. }
            | Self::NotSignedIn { .. }
            | Self::NoPermission { .. }
            | Self::Limited { .. }
            | Self::Conflict { .. }
            | Self::Refused { .. }
            | Self::Stopped { .. } => false,
        }
    }

    /// Returns when to come back, for a limit.
    pub(crate) const fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Limited { until, .. } => Some(*until),
            Self::NotFound { .. }
            | Self::NotSignedIn { .. }
            | Self::NoPermission { .. }
            | Self::Conflict { .. }
            | Self::Refused { .. }
            | Self::Outage { .. }
            | Self::Transport { .. }
            | Self::Garbled { .. }
            | Self::Stopped { .. } => None,
        }
    }

    /// The kind of failure, as plans tell it.
    pub const fn kind(&self) -> FailureKind {
        match self {
            Self::NotFound { .. } => FailureKind::NotFound,
            Self::NotSignedIn { .. } => FailureKind::Auth,
            Self::NoPermission { .. } => FailureKind::Permission,
            Self::Limited { .. } => FailureKind::RateLimit,
            Self::Conflict { .. } => FailureKind::Conflict,
            Self::Refused { .. } => FailureKind::Input,
            Self::Outage { .. } | Self::Transport { .. } | Self::Garbled { .. } => {
                FailureKind::Network
            }
            Self::Stopped { .. } => FailureKind::Io,
        }
    }

    /// What to do next, where one thing helps.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotSignedIn { .. } => {
                Some("set GH_TOKEN to a token, or sign in with `gh auth login`".to_owned())
            }
            Self::NoPermission { needs, .. } => Some(match needs {
                Some(needs) => format!("use a token with {needs}"),
                None => "use a token with the permission that this needs".to_owned(),
            }),
            Self::Limited { until, .. } => Some(format!("try again after {until}")),
            Self::NotFound { .. } => Some(
                "check the name; a token without access to a private repository gets the same \
                 answer"
                    .to_owned(),
            ),
            Self::Outage { .. } => Some("try again later; see githubstatus.com".to_owned()),
            Self::Transport { .. } => Some("check the network, then try again".to_owned()),
            Self::Conflict { .. }
            | Self::Refused { .. }
            | Self::Garbled { .. }
            | Self::Stopped { .. } => None,
        }
    }
}

/// Turns "not found" into `None`, for whom that is an answer too.
pub fn found<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(ForgeError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Turns a refusal that says these words into a conflict: GitHub tells so that
/// a name is taken.
pub(crate) fn taken<T>(result: Result<T>, words: &str) -> Result<T> {
    result.map_err(|error| match error {
        ForgeError::Refused { what, message, .. } if message.contains(words) => {
            ForgeError::Conflict { what, message }
        }
        other => other,
    })
}
