//! Stored plans from where the program stands: which one is meant, which backend
//! keeps it, who writes, what waits to be sent.

mod backends;
mod deliver;
mod dispatched;
mod outbox;
mod place;
pub(crate) mod target;
mod undertaken;
mod who;
mod worthy;

pub(crate) use backends::{refuse_nowhere, with_backend, with_reader};
pub(crate) use deliver::{Happened, Undelivered, deliver};
pub(crate) use dispatched::DispatchedHere;
pub(crate) use outbox::sending::send_waiting;
pub(crate) use outbox::{Outbox, Replaced, Told};
pub(crate) use place::{StoredPlace, elsewhere};
pub(crate) use undertaken::{Undertaken, harmless};
pub(crate) use who::{branch, in_actions, user};
pub(crate) use worthy::{Terms, Worthy, title};

/// The file of the workflow that carries stored plans out, as `init --ci`
/// writes it.
pub(crate) const WORKFLOW: &str = "piton-plan.yml";
