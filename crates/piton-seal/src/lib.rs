//! Running a program with limits that it cannot lift.
//!
//! [`Request`] says what a run needs, [`Seal::decide`] makes of it what the run
//! may do, [`Seal::prepare`] asks the kernel for it, and [`Prepared::apply`]
//! puts it on a command. [`Standing::decide`] says beforehand how far that goes
//! on this machine.

mod caches;
mod error;
mod kernel;
mod look;
mod prepared;
mod request;
mod seal;
mod standing;
mod stores;
mod support;
mod temporary;
mod wanted;

pub use caches::{CACHES, Cache, CacheSet, OwnCache, OwnCaches, users_caches};
pub use error::SealError;
pub use look::{Look, Real};
pub use prepared::Prepared;
pub use request::Request;
pub use seal::Seal;
pub use standing::{Gap, Refused, Standing};
pub use stores::STORES;
pub use support::Support;
pub use temporary::temporary_variables;
pub use wanted::{CacheChoice, Network, Wanted};
