//! The limits within which programs of others run.

mod enclosure;
mod met;
mod seeds;
mod state;
mod terms;

pub use enclosure::{Enclosure, EnclosureError, Needs};
pub use met::{MET_THE_SEAL, met_the_seal};
pub use state::{StateGuard, StateSpec};
pub use terms::SealTerms;
