//! The limits within which programs of others run.

mod enclosure;
mod met;
mod purpose;
mod seeds;
mod state;
mod stood;
mod terms;

pub use enclosure::{Enclosure, EnclosureError, Needs};
pub use met::{MET_THE_SEAL, met_the_seal};
pub use purpose::Purpose;
pub use state::{StateGuard, StateSpec};
pub use terms::SealTerms;
