//! What git's objects say, asked of one git that stays.
//!
//! A git that is started to say one thing costs milliseconds, and an action
//! asks for dozens. The names of objects are their content, so that a git which
//! has been there for a while says the same as one that was started just now.

mod reader;
mod trees;

pub(crate) use reader::{Object, ObjectKind, Objects};
pub(crate) use trees::{changes, files};

/// Returns an id as people write it.
pub(crate) fn hex(id: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    id.iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}
