//! The doctor's findings in their output forms.

mod lines;
mod sarif;

pub use lines::{json, lines, pretty};
pub use sarif::sarif;
