//! Durable files: whatever piton must not lose goes through this crate.
//!
//! [`DiskRead`] and [`Disk`] are the two halves of the file system as the rest
//! of the house sees it: deciding code is handed the first, performing code the
//! second. [`RealDisk`] is the machine's own; the simulated one, which crashes
//! at every operation and loses whatever was not synced, lives in
//! `piton-testkit`.

pub mod disk;
mod real;

pub use disk::{Appender, Disk, DiskRead, Entry, Kind, Stat};
pub use real::RealDisk;
