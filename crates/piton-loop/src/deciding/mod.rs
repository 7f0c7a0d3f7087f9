//! Deciding the one next thing.
//!
//! [`next`](next::next) is a pure function from what was observed ([`world`],
//! read by [`observe`]) and what this run has tried ([`memory`]) to one value.
//! A dry run shows that value with the whole [`queue`]; a real run carries it
//! out and asks again. Why a migration has to wait is in [`stand`], for how
//! long in [`defer`], why a run ends in [`stop`].

pub mod defer;
pub mod gate;
pub mod limits;
pub mod memory;
pub mod next;
pub mod observe;
pub mod queue;
pub mod stand;
pub mod stop;
pub mod world;
