//! Killing piton at each system call that writes, and looking what the next
//! command makes of it.

mod attempt;
mod field;
mod invariants;
mod report;
mod scenario;
mod scenarios;
mod sweep;

pub use report::{Bad, Report};
pub use sweep::{CrashError, Options, Sweep, sweep};
