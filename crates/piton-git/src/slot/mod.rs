//! Slots: repositories of their own in which agents work.
//!
//! A slot is a directory outside the user's repository. It has a `.git`
//! directory that borrows the user's objects and knows nothing else of the
//! user's repository: whatever is done to git in a slot stays in it. piton
//! never asks that `.git` anything. It has a git directory of its own beside
//! the slot, out of an agent's reach, with which it lays the files out and
//! finds out what changed in them.
//!
//! [`Slots::take`] gives a [`Slot`] that shows one commit and is the caller's
//! alone until it is dropped. Nothing in a slot is ever the only copy: one that
//! is spoilt is thrown away and made again. What is accepted is built with
//! [`Slot::commit`], which puts it into the user's object store, and held by a reference of piton's own ([`held`]) until it has landed.

mod accept;
mod borrowed;
mod by_hand;
mod changes;
mod checked;
mod directory;
mod error;
mod filters;
pub mod held;
mod home;
mod layout;
mod lfs;
mod object;
mod pool;
mod record;
mod setup;
mod stored;

pub use accept::Proposed;
pub use changes::{Changes, SlotChange, SlotChangeKind};
pub use error::SlotError;
pub use filters::Filters;
pub use home::{SlotHome, SlotUse};
pub use pool::{Slot, Slots};
pub use setup::{Setup, SetupDue};
pub use stored::StoredSlots;
