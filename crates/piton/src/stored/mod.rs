//! Stored plans from where the program stands: which backend, who writes, what
//! waits to be sent.

mod backends;
mod outbox;
mod place;
mod who;

pub(crate) use backends::{with_backend, with_reader};
pub(crate) use outbox::{Outbox, Waiting, send_waiting};
pub(crate) use place::StoredPlace;
pub(crate) use who::{branch, in_actions, user};
