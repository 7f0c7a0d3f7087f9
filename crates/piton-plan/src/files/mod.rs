//! Plans about files: writing, moving, deleting and keeping them.

mod compare;
mod content;
mod decide;
mod look;
mod observe;
mod operation;
mod outside;
mod perform;
mod scan;
mod unplanned;

pub use compare::{Comparison, Depth, FileCategory, Side, compare};
pub use content::{Content, Hex, InvalidHex};
pub use decide::{DecideError, Wanted, ask_about, decide, plan_files};
pub use observe::{FileWorld, no_repository};
pub use operation::{BESIDE, FileOp, How, KEEP, OVERWRITE, Was};
pub use outside::{InvalidOutside, OutsideFile};
pub use perform::{FilePerformer, backups_dir, sweep};
pub use scan::{Scan, ScanError, scan};
pub use unplanned::unplanned;
