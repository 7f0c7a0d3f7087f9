//! The name of one transaction.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

/// A name of digits, lower-case letters and hyphens, fit for a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(String);

impl Token {
    /// Makes a name that no other transaction has: the process id keeps
    /// processes apart, the counter what one process does.
    pub fn fresh(now: Timestamp, pid: u32) -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let counter = COUNTER.fetch_add(1, Ordering::Relaxed);
        Token(format!(
            "{:012x}-{pid:x}-{counter:x}",
            now.as_millisecond().max(0)
        ))
    }
}

/// Says what a token must look like.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no transaction: 1 to 64 of a-z, 0-9 and - are expected")]
pub struct InvalidToken(String);

impl FromStr for Token {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        let valid = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'-'));
        if valid {
            Ok(Token(text.to_owned()))
        } else {
            Err(InvalidToken(text.chars().take(80).collect()))
        }
    }
}

piton_base::holds_text!(Token);
