//! Plans about files: writing, moving, deleting and keeping them.

mod content;
mod decide;
mod look;
mod observe;
mod operation;
mod perform;
mod watched;

pub use content::{Content, Hex};
pub use decide::{DecideError, Wanted, ask_about, decide};
pub use look::{Found, look};
pub use observe::{FileWorld, no_repository};
pub use operation::{FileOp, How, KEEP, OutsideFile, Was};
pub use perform::{FilePerformer, backups_dir};
pub use watched::Watched;
