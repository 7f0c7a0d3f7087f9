//! The simulated disk.
//!
//! It is stricter than real file systems are. A file's bytes are safe only
//! after the file was synced, a name only after every directory it touches was
//! synced; what is not safe may, at a crash, be there, be missing, or (bytes
//! only) be there in part or as zeros. Names that do not depend on each other
//! may be lost in any order. A rename or an exchange is lost or kept as a whole.

mod calls;
mod crash;
mod disk;
mod names;
mod nodes;
mod state;

pub use crash::{Budget, CrashReport, every_crash};
pub use disk::{Leaf, SimDisk};
