//! The way into what one writer at a time may change.

use std::fmt::Debug;

use piton_durable::LockGuard;

use crate::failure::Failure;

/// Lets one writer in at a time; what it returns is held while it writes.
pub trait Gate: Debug + Sync {
    fn enter(&self, what: &str) -> Result<Box<dyn Held>, Failure>;
}

/// Being inside, until dropped.
pub trait Held {}

impl Held for LockGuard {}

/// A gate that nobody else uses, as in tests.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Held for Alone {}

impl Gate for Alone {
    fn enter(&self, _: &str) -> Result<Box<dyn Held>, Failure> {
        Ok(Box::new(Self))
    }
}
