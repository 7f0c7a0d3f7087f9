//! Why a planning step failed, as the executor is told.

use std::fmt::Write as _;
use std::path::Path;

use piton_agent::Outcome;
use piton_loop::planning::failure::StepFailure;
use piton_loop::planning::perform::FailedStep;
use piton_migration::publish::{Cause, PublishRefusal};
use piton_plan::{Failure, FailureKind};

pub(super) fn of_step(failed: &FailedStep, run: &Path) -> Failure {
    let kind = match &failed.failure {
        StepFailure::Agent(outcome) => match outcome {
            Outcome::LimitReached { .. } => FailureKind::RateLimit,
            Outcome::Authentication { .. } => FailureKind::Auth,
            Outcome::Outage { .. } => FailureKind::Network,
            Outcome::NotStarted { .. } => FailureKind::NotFound,
            Outcome::Replied { .. }
            | Outcome::Refused { .. }
            | Outcome::Rejected { .. }
            | Outcome::CutShort { .. }
            | Outcome::Crashed { .. }
            | Outcome::Hung { .. }
            | Outcome::Deadline { .. }
            | Outcome::NoOutput { .. }
            | Outcome::Unreadable { .. }
            | Outcome::Stopped => FailureKind::Io,
        },
        StepFailure::Slot(_)
        | StepFailure::Setup(_)
        | StepFailure::Changes(_)
        | StepFailure::Guard(_)
        | StepFailure::Unfit(_)
        | StepFailure::Layout(_)
        | StepFailure::Path(_)
        | StepFailure::Clear(_)
        | StepFailure::Call(_)
        | StepFailure::Look(_)
        | StepFailure::Strayed(_)
        | StepFailure::Left(_)
        | StepFailure::LeftPath(_)
        | StepFailure::Refused(_)
        | StepFailure::Candidate(_)
        | StepFailure::Record(_) => FailureKind::Io,
    };
    let mut text = format!("{}; {}", failed.failure.story(), failed.failure.advice());
    let _ = write!(text, "; everything about it is in {}", run.display());
    if let Some(kept) = &failed.kept {
        let _ = write!(text, "; what it left is kept in {}", kept.display());
    }
    Failure::new(kind, text)
}

pub(super) fn of_publish(refusal: &PublishRefusal) -> Failure {
    let (PublishRefusal::Blocked { cause, .. } | PublishRefusal::Failed { cause, .. }) = refusal;
    let kind = match cause {
        Cause::Stale { .. }
        | Cause::Dirty { .. }
        | Cause::Elsewhere { .. }
        | Cause::Rewritten { .. }
        | Cause::UnderWay(_) => FailureKind::Conflict,
        Cause::WrongName { .. } | Cause::InsideLive { .. } => FailureKind::Internal,
        Cause::Place(_)
        | Cause::Locked(_)
        | Cause::LockedByOriginal(_)
        | Cause::Unfit(_)
        | Cause::Findings { .. }
        | Cause::Git(_)
        | Cause::Recover(_)
        | Cause::Commit(_)
        | Cause::Transaction(_) => FailureKind::Io,
    };
    let way_out = cause.way_out().map(|way| format!("; {way}"));
    // It is told in lines, and a receipt is one.
    let text = refusal.to_string().replace('\n', "; ");
    Failure::new(kind, format!("{text}{}", way_out.unwrap_or_default()))
}
