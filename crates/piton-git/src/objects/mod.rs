//! What git's objects say, asked of one git that stays.
//!
//! A git that is started to say one thing costs milliseconds, and an action
//! asks for dozens. The names of objects are their content, so that a git which
//! has been there for a while says the same as one that was started just now.

mod change;
mod reader;
mod standing;
mod trees;

pub use change::{PathChange, TreeEntry};
pub(crate) use reader::{Object, ObjectKind, Objects};
pub(crate) use standing::stands;
pub(crate) use trees::{changes, files};
