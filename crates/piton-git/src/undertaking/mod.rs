//! What piton is about to do to a repository, written down before it does it.
//!
//! Git's locks are files that outlive whoever made them. Before piton runs a git
//! that takes locks, it says in a record which ones, and what for; the git holds
//! a lock of the operating system's as long as it lives. Whoever finds the
//! record and gets that lock knows that they all are dead, in whatever container
//! they were, and clears away what they left.

mod begin;
mod clear;
mod index;
mod record;
mod recover;

pub(crate) use begin::Undertaking;
pub use clear::Cleared;
pub(crate) use index::IndexLock;
pub(crate) use record::Move;
pub(crate) use recover::{is_anything_left, recover};

/// Where the records are, below the shared git directory.
const HOME: &str = "piton/git";

/// Git's lock on the list of the tables that references are in.
pub(crate) const TABLES: &str = "reftable/tables.list.lock";

/// The file that every process of an undertaking holds.
const ALIVE: &str = "alive";
