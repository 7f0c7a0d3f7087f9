//! Where a run writes down what it is about to do and what came of it.

use jiff::Timestamp;
use piton_durable::LogError;

use crate::id::ActionId;
use crate::receipt::Receipt;

/// Keeps intents and outcomes; each call returns once it is durable.
pub trait Record: Sync {
    /// Notes that an action is about to be performed.
    fn intent(&self, action: &ActionId, at: Timestamp) -> Result<(), RecordError>;

    /// Notes what came of it.
    fn outcome(&self, receipt: &Receipt) -> Result<(), RecordError>;
}

/// A run could not be written down.
#[derive(Debug, thiserror::Error)]
#[error("could not write the journal")]
pub struct RecordError(#[from] pub LogError);

/// Keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRecord;

impl Record for NoRecord {
    fn intent(&self, _: &ActionId, _: Timestamp) -> Result<(), RecordError> {
        Ok(())
    }

    fn outcome(&self, _: &Receipt) -> Result<(), RecordError> {
        Ok(())
    }
}
