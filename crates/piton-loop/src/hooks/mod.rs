//! The user's hooks around a commit, run where they can do no harm.
//!
//! A hook runs what an agent wrote: tests, scripts, configuration of tools. So
//! it runs sealed, in a slot in which no agent works, with HEAD at the base and
//! the change staged. Whatever git is asked there afterwards is asked sealed
//! too, for by then the `.git` of the slot is anybody's.

mod error;
mod hear;
mod room;
mod seat;

pub use error::{HookError, Unheard};
pub use hear::{Heard, Staged};
pub use room::HookRoom;
