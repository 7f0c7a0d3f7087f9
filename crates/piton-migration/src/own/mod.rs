//! What piton notes about a migration, beside the files it shares.
//!
//! The original keeps unknown files and refuses unknown keys, so everything
//! that only piton knows stands in a file of its own. A migration without that
//! file is complete; one whose file cannot be read is treated as if it had
//! none, and the doctor says so.

mod data;
mod load;

pub use data::{
    DeferralCause, OwnData, OwnDataError, PlanLink, ReviewNote, Target, TargetProvenance,
};
pub use load::load_own;

/// The file, below the migration directory.
pub const OWN_FILE: &str = ".planning/piton.json";
