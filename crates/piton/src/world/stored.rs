//! Stored plans, in both halves of the world: the backend is opened for each
//! look and for each change, from what the settings say.

use piton_backend::operation::{BackendOp, BackendPerformer, BackendSeen, BackendWorld};
use piton_backend::store::Backend;
use piton_plan::{Done, Failure, FailureKind, Given, Moment, Observation, Observe, Perform};

use crate::context::Context;
use crate::error::CommandError;
use crate::stored::{StoredPlace, with_backend};

/// The half that looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredReading<'a>(pub(super) &'a Context);

/// The half that changes.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredWriting<'a>(pub(super) &'a Context);

fn opened<T>(
    context: &Context,
    run: impl FnOnce(&dyn Backend) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let failed = |error: CommandError| Failure::new(FailureKind::Input, error.on_one_line());
    let place = StoredPlace::find(context).map_err(failed)?;
    with_backend(context, &place, place.provider(), run).map_err(failed)?
}

impl Observe<BackendOp> for StoredReading<'_> {
    fn observe(
        &self,
        op: &BackendOp,
        given: &Given<'_>,
        moment: Moment,
    ) -> Result<Observation<BackendSeen>, Failure> {
        opened(self.0, |backend| {
            BackendWorld { backend }.observe(op, given, moment)
        })
    }
}

impl Perform<BackendOp> for StoredWriting<'_> {
    fn perform(
        &self,
        op: &BackendOp,
        given: &Given<'_>,
        seen: BackendSeen,
    ) -> Result<Done, Failure> {
        opened(self.0, |backend| {
            BackendPerformer { backend }.perform(op, given, seen)
        })
    }
}
