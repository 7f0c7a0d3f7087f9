//! Living beside the original: its lock, and what it leaves when it is killed.

mod guard;
mod judge;
mod leftovers;
mod lock;
mod owner;

pub(super) use leftovers::recover;
pub use lock::LockedByOriginal;
pub(super) use lock::{OriginalLock, is_waiting, take};
pub use owner::LockHolder;
