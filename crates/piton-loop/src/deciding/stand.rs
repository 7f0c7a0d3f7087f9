//! How one migration stands to this moment.

use std::fmt;

use jiff::Timestamp;
use piton_base::Effort;
use piton_migration::manifest::Status;
use piton_migration::own::DeferralCause;
use piton_migration::schedule::{self, ScheduleError};

use super::memory::SetAside;
use super::world::{Known, Seen, Standing, World};

/// What can be done with a migration now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Its next planning step.
    Plan,
    /// Its phase at this place in the manifest.
    Phase {
        index: usize,
    },
    NotNow(NotNow),
}

/// Why nothing can be done with a migration now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotNow {
    Broken {
        reason: String,
    },
    AwaitsPerson {
        reason: String,
    },
    Over(Status),
    /// It was put off.
    Sleeps {
        until: Timestamp,
        cause: Option<DeferralCause>,
    },
    /// Its phase asks for more effort than this run allows.
    OverBudget {
        asks: Effort,
        allowed: Effort,
    },
    /// No phase is left to be carried out, and the manifest does not know.
    NothingOpen,
    /// What was done last is accepted, and waits to land.
    WaitsToLand,
    /// This run is at work on it.
    UnderWay,
    /// This run has tried it.
    SetAside(SetAside),
}

/// Tells how a migration stands.
pub fn stand(world: &World<'_>, standing: &Standing) -> Stand {
    match &standing.seen {
        Seen::Broken { reason } => Stand::NotNow(NotNow::Broken {
            reason: reason.clone(),
        }),
        Seen::Known(known) => match of_known(world, standing, known) {
            Ok(stand) => stand,
            Err(error) => Stand::NotNow(NotNow::Broken {
                reason: format!("{error}: {}", error.source),
            }),
        },
    }
}

fn of_known(world: &World<'_>, standing: &Standing, known: &Known) -> Result<Stand, ScheduleError> {
    let manifest = &known.manifest;
    let status = manifest.status();
    match status {
        Status::Skipped | Status::Done => return Ok(Stand::NotNow(NotNow::Over(status))),
        Status::Planning | Status::Ready | Status::InProgress => {}
    }
    if manifest.awaiting_human_review() {
        let reason = manifest.human_review_reason();
        return Ok(Stand::NotNow(NotNow::AwaitsPerson {
            reason: reason.unwrap_or("it does not say why").to_owned(),
        }));
    }
    if world.memory.is_under_way(&standing.slug) {
        return Ok(Stand::NotNow(NotNow::UnderWay));
    }
    if let Some(aside) = world.memory.set_aside(&standing.slug, world.now) {
        return Ok(Stand::NotNow(NotNow::SetAside(aside.clone())));
    }
    if world.holds_work_of(&standing.slug) {
        return Ok(Stand::NotNow(NotNow::WaitsToLand));
    }
    if let Some(until) = sleeps_until(known, world.now)? {
        return Ok(Stand::NotNow(NotNow::Sleeps {
            until,
            cause: known.own.deferral.clone(),
        }));
    }
    // What orders the migration must be readable before anything is promised.
    schedule::eligible(manifest, world.now)?;
    created(known)?;
    if status == Status::Planning {
        return Ok(Stand::Plan);
    }
    let Some((index, phase)) = manifest.open_phase() else {
        return Ok(Stand::NotNow(NotNow::NothingOpen));
    };
    if let Some(asks) = phase.required_effort
        && asks > world.allowed
    {
        return Ok(Stand::NotNow(NotNow::OverBudget {
            asks,
            allowed: world.allowed,
        }));
    }
    Ok(Stand::Phase { index })
}

/// Returns until when a migration was put off, if that is ahead.
///
/// Being over budget is no matter of time: the phase's tier is compared with
/// what the run allows, so stamps written for it mean nothing here.
fn sleeps_until(known: &Known, now: Timestamp) -> Result<Option<Timestamp>, ScheduleError> {
    if matches!(known.own.deferral, Some(DeferralCause::OverBudget)) {
        return Ok(None);
    }
    if let Some(retry) = known.own.retry_at.filter(|retry| *retry > now) {
        return Ok(Some(retry));
    }
    if schedule::eligible(&known.manifest, now)? {
        return Ok(None);
    }
    Ok(Some(
        schedule::earliest(&known.manifest)?.unwrap_or(Timestamp::MAX),
    ))
}

/// Returns when a migration was made, which orders it among others.
pub(super) fn created(known: &Known) -> Result<Timestamp, ScheduleError> {
    known
        .manifest
        .created_at()
        .instant()
        .map_err(|source| ScheduleError {
            field: "created_at",
            source,
        })
}

impl fmt::Display for NotNow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken { reason } => write!(f, "cannot be used: {reason}"),
            Self::AwaitsPerson { reason } => write!(f, "waits for a person: {reason}"),
            Self::Over(status) => write!(f, "is {status}"),
            Self::Sleeps { until, cause } => {
                write!(f, "is put off until {until:.0}")?;
                match cause {
                    Some(
                        DeferralCause::NotReady { reason }
                        | DeferralCause::Unverifiable { reason }
                        | DeferralCause::Failing { reason },
                    ) => write!(f, ": {reason}"),
                    Some(DeferralCause::OverBudget) | None => Ok(()),
                }
            }
            Self::OverBudget { asks, allowed } => {
                write!(f, "asks for {asks} effort, and {allowed} is allowed")
            }
            Self::NothingOpen => f.write_str("has no phase left, and is not done"),
            Self::WaitsToLand => f.write_str("has accepted work that waits to land"),
            Self::UnderWay => f.write_str("is being worked on"),
            Self::SetAside(aside) => write!(f, "was tried in this run: {}", aside.reason),
        }
    }
}
