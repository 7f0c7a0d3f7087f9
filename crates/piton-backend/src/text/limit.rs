//! How long a body or a comment may be.

use thiserror::Error;

/// The most characters that GitHub takes.
pub const LIMIT: usize = 65_536;

/// A text that is too long to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the text has {length} characters, and GitHub takes at most {LIMIT}")]
pub struct TooLong {
    pub(crate) length: usize,
}

/// Checks a text before it is sent.
pub fn within_limit(text: &str) -> Result<(), TooLong> {
    if text.len() <= LIMIT {
        return Ok(());
    }
    let length = text.chars().count();
    if length > LIMIT {
        return Err(TooLong { length });
    }
    Ok(())
}
