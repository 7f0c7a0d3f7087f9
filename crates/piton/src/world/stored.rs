//! Stored plans, in both halves of the world: the backend is opened for each
//! look and for each change, from what the settings say.

use piton_backend::operation::{BackendOp, BackendPerformer, BackendSeen, BackendWorld};
use piton_backend::store::Provider;
use piton_plan::{Done, Failure, FailureKind, Given, Moment, Observation, Observe, Perform};

use super::{Reading, Writing};
use crate::context::Context;
use crate::error::CommandError;
use crate::stored::{StoredPlace, with_backend, with_reader};

fn place(context: &Context) -> Result<StoredPlace, Failure> {
    StoredPlace::find(context).map_err(failed)
}

/// Returns who keeps the plan: a new one says so itself.
fn provider(op: &BackendOp, place: &StoredPlace) -> Provider {
    match op {
        BackendOp::Create(create) => create.provider,
        BackendOp::SetFields(_)
        | BackendOp::SetText(_)
        | BackendOp::Comment(_)
        | BackendOp::Close(_)
        | BackendOp::Repair(_)
        | BackendOp::RecordDispatch(_) => place.provider(),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are turned into failures by it"
)]
fn failed(error: CommandError) -> Failure {
    Failure::new(FailureKind::Input, error.on_one_line())
}

impl Observe<BackendOp> for Reading<'_> {
    fn observe(
        &self,
        op: &BackendOp,
        given: &Given<'_>,
        moment: Moment,
    ) -> Result<Observation<BackendSeen>, Failure> {
        let place = place(self.context)?;
        with_reader(self.context, &place, provider(op, &place), |backend| {
            BackendWorld { backend }.observe(op, given, moment)
        })
        .map_err(failed)?
    }
}

impl Perform<BackendOp> for Writing<'_> {
    fn perform(
        &self,
        op: &BackendOp,
        given: &Given<'_>,
        seen: BackendSeen,
    ) -> Result<Done, Failure> {
        let place = place(self.context)?;
        with_backend(
            self.context,
            &place,
            provider(op, &place),
            None,
            |backend| BackendPerformer { backend }.perform(op, given, seen),
        )
        .map_err(failed)?
    }
}
