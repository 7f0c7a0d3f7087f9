//! The records of runs, for all who look at them: in a few lines, and how long
//! they are kept.

pub(crate) mod overview;
pub(crate) mod retention;
mod unreadable;

pub(crate) use unreadable::unreadable;
