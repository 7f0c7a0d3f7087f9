//! The seam through which libraries tell what happens.

use std::fmt::Debug;

/// Is told what happens. It may be told from several threads, and never while
/// a lock is held.
pub trait Report<E>: Debug + Sync {
    fn report(&self, event: E);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Untold;

impl<E> Report<E> for Untold {
    fn report(&self, _: E) {}
}
