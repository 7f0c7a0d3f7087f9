//! Publishing: replacing a live migration by a candidate, all or nothing.
//!
//! [`Publisher::publish`] runs the protocol of `docs/design/publishing.md` and
//! [`Publisher::recover`] brings to its end whatever a dead process left, be
//! it this program or the original, whose lock is honoured and taken. Both
//! hold the operating system's lock first, the original's second.

mod committer;
mod dirty;
mod env;
mod gate;
mod inside;
mod notice;
mod original;
mod published;
mod publisher;
mod refusal;
mod request;

pub use env::PublishEnv;
pub use gate::{Gate, Held, OsGate};
pub use inside::EnterError;
pub use notice::Notice;
pub use original::{LockHolder, LockedByOriginal};
pub use published::Published;
pub use publisher::{Leftovers, Publisher};
pub use refusal::{Cause, PublishRefusal, Stage};
pub use request::PublishRequest;
