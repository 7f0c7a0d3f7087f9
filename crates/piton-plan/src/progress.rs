//! What a run tells while it goes on.

use crate::id::ActionId;
use crate::receipt::Receipt;

/// Something that happened during a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event<'a> {
    Started { action: &'a ActionId },
    Settled { receipt: &'a Receipt },
}

/// Is told what happens; called from several threads with several jobs.
pub trait Progress: Sync {
    fn event(&self, event: Event<'_>);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn event(&self, _: Event<'_>) {}
}
