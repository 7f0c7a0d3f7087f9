//! What source actions work on.
//!
//! A [`Selection`] is what the user asked for; resolved against the tracked
//! files it becomes a [`Source`], from which each action picks one [`Target`].
//! Patterns are in `glob`, files of targets in `line`.

pub mod dice;
pub mod glob;
pub mod line;
pub mod select;
mod source;
mod target;

pub use select::Selection;
pub use source::Source;
pub use target::Target;
