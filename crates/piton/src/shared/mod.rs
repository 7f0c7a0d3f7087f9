//! Migrations that are told of in a stored plan, and what maintainers say about
//! them there.

mod hear;
mod links;
mod take_up;
mod wish;

pub(crate) use hear::{Heard, hear};
pub(crate) use links::{Unread, shared};
