//! What recovery did, for people.

use std::fmt;
use std::path::PathBuf;

use super::super::live_path::LivePath;
use super::super::token::Token;

/// One thing that recovery did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The new tree was made live.
    Published,
    /// What was live before was put back.
    PutBack,
    Committed,
    /// A tree was moved there, because nobody could decide about it.
    Kept {
        path: PathBuf,
    },
    /// A publish that was complete stands.
    Finished,
    /// It stands, but was not committed, for this reason.
    LeftUncommitted {
        reason: String,
    },
    /// What was live before stands, for this reason.
    Undone {
        reason: Option<String>,
    },
    /// What is live was left alone, for this reason.
    LeftAlone {
        reason: String,
    },
}

/// One interrupted transaction, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// It had an intent.
    Publish {
        live: LivePath,
        operation: String,
        deeds: Vec<Deed>,
    },
    /// It had come to nothing yet; its leftovers were removed.
    Leftovers { token: Token },
    /// Its record could not be read; it was moved there.
    Unreadable { reason: String, kept: PathBuf },
    /// A later version of the program wrote it; it was not touched.
    Newer { token: Token, version: u32 },
}

impl fmt::Display for Recovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Recovered::Publish {
                live,
                operation,
                deeds,
            } => {
                write!(
                    f,
                    "recovered the interrupted publish of {live} ({operation}):"
                )?;
                let mut separator = " ";
                for deed in deeds {
                    write!(f, "{separator}{deed}")?;
                    separator = ", ";
                }
                Ok(())
            }
            Recovered::Leftovers { token } => write!(
                f,
                "removed the leftovers of the publish {token}, which had not begun"
            ),
            Recovered::Unreadable { reason, kept } => write!(
                f,
                "kept a transaction whose record cannot be read ({reason}) in {}",
                kept.display()
            ),
            Recovered::Newer { token, version } => write!(
                f,
                "left the publish {token} alone: a newer piton wrote its record (version \
                 {version}); run that one to recover it"
            ),
        }
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Published => f.write_str("made the new version live"),
            Deed::PutBack => f.write_str("put the old version back"),
            Deed::Committed => f.write_str("committed it"),
            Deed::Kept { path } => write!(f, "kept a copy in {}", path.display()),
            Deed::Finished => f.write_str("the new version is live"),
            Deed::LeftUncommitted { reason } => write!(
                f,
                "the new version is live but not committed: {reason}; commit it or restore the \
                 old one"
            ),
            Deed::Undone { reason: None } => f.write_str("the old version is live"),
            Deed::Undone {
                reason: Some(reason),
            } => write!(f, "the old version is live: {reason}"),
            Deed::LeftAlone { reason } => write!(f, "left what is live alone: {reason}"),
        }
    }
}
