//! Slots as a repository's settings want them, ready for a call.

mod settings;
mod setup;

pub use settings::SlotSettings;
pub use setup::{SetupCommand, SetupError};
