//! The limits within which programs of others run.

mod enclosure;
mod seeds;
mod state;
mod terms;

pub use enclosure::{Enclosure, EnclosureError, Needs};
pub use state::{StateGuard, StateSpec};
pub use terms::SealTerms;
