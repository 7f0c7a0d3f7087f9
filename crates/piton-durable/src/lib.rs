//! Durable files: whatever piton must not lose goes through this crate.
//!
//! [`DiskRead`] and [`Disk`] are the two halves of the file system as the rest
//! of the house sees it: deciding code is handed the first, performing code the
//! second. [`RealDisk`] is the machine's own; the simulated one, which crashes
//! at every operation and loses whatever was not synced, lives in
//! `piton-testkit`.

pub mod atomic;
mod deep;
pub mod digest;
pub mod disk;
mod follow;
mod image;
pub mod lock;
pub mod log;
pub mod platform;
mod real;
mod refusal;
mod reserve;
pub mod transaction;
pub mod tree;
mod turn;

pub use atomic::{
    WriteError, create_dirs, make_dirs, write_atomic, write_atomic_from, write_unsynced,
    write_whole,
};
pub use digest::TreeDigest;
pub use disk::{Appender, Disk, DiskRead, Ends, Entry, Kind, Stat};
pub use follow::{Followed, follow};
pub use image::{Image, ImageError};
pub use lock::{Holder, Lock, LockError, LockGuard};
pub use log::{Log, LogError};
pub use real::RealDisk;
pub use refusal::{DiskError, DiskResult, Doing};
pub use reserve::Reserve;
pub use transaction::{LivePath, Site, Token, TransactionError};
pub use tree::{Tree, TreeError};
