//! What an agent may not change in the user's repository, compared before and
//! after its call.
//!
//! An agent works in a slot, and a seal keeps it there where the platform has
//! one. The guard is for where there is none, or where it leaks: it notices,
//! names what it found, and sets aside what would make git run something. What
//! cannot be read counts as changed.

mod aside;
mod bytes;
mod found;
mod kept;
mod known;
mod places;
mod print;
mod references;
mod settings;
mod told;
mod tree;
mod watch;
mod watched;
mod wire;

pub use aside::AsideError;
pub use found::{Found, Note, Stray};
pub use kept::{KeptError, Leftover, clear_kept, is_anything_kept};
pub use known::KnownSettings;
pub use places::Surroundings;
pub use told::listed;
pub(crate) use told::tell_what_else_happened;
pub(crate) use tree::UserTree;
pub use watch::{Guard, GuardError, Reach};
