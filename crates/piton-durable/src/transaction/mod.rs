//! Replacing a whole directory, all or nothing.
//!
//! A transaction is a directory of its own: the intent record in it is the
//! truth, and as long as there is none, nothing in it is worth anything. The
//! protocol is told in `docs/design/publishing.md`.

mod area;
mod commit;
mod error;
mod evidence;
mod intent;
mod live_path;
mod moves;
mod ongoing;
mod recover;
mod replaced;
mod site;
mod staged;
mod token;

pub use area::Side;
pub use commit::{AroundHooks, CommitFailure, CommitIntent, CommitState, Committer, HookMoment};
pub use error::TransactionError;
pub use evidence::keep;
pub use intent::{Intent, Step};
pub use live_path::{InvalidLivePath, LivePath};
pub use moves::rename_to_free;
pub use recover::{Deed, Recovered, recover};
pub use replaced::{Replaced, Undone};
pub use site::Site;
pub use staged::{Request, Staged, stage};
pub use token::{InvalidToken, Token};
