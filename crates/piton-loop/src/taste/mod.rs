//! The team's taste: prose preferences that every prompt carries.

mod load;
mod text;

pub use load::{Taste, TasteError, TastePaths, TasteSource};
pub use text::{CURRENT_VERSION, DEFAULT_TASTE, TasteVersion};
