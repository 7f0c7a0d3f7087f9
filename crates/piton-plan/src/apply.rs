//! Whether a saved plan may be performed now.

use std::path::Path;

use piton_durable::DiskRead;

use crate::fan::fan;
use crate::given::Given;
use crate::id::{ActionId, PlanId};
use crate::journal::{self, Journal, JournalError, Status};
use crate::operation::Operation;
use crate::plan::Plan;
use crate::policy::Jobs;
use crate::saved::SavedPlan;
use crate::world::{Moment, Observation, Observe};

/// Why a saved plan is not applied. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error("the plan {id} was applied already")]
    Applied { id: PlanId },
    #[error("the plan {id} was begun and not finished")]
    Unfinished { id: PlanId },
    #[error("{0}")]
    Stale(StalePlan),
    #[error("it is not known whether the plan was applied before")]
    Journal(#[from] JournalError),
}

/// Everything that is not as it was when a plan was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the plan is stale{}", each(.0))]
pub struct StalePlan(pub Vec<Change>);

/// One thing that is not as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub action: ActionId,
    pub expected: String,
    pub found: String,
}

fn each(changes: &[Change]) -> String {
    let line = |change: &Change| {
        let Change {
            action,
            expected,
            found,
        } = change;
        format!("\n`{action}`: expected {expected}, found {found}")
    };
    changes.iter().map(line).collect::<Vec<_>>().concat()
}

/// How a saved plan may be performed.
#[derive(Debug)]
pub enum Admission {
    /// It was never begun.
    First,
    /// It failed for good, and everything that it was decided on still holds.
    Anew(Box<Journal>),
}

/// Checks that a saved plan was never applied with success and that every
/// premise holds.
pub fn admit<O: Operation>(
    saved: &SavedPlan<O>,
    disk: &dyn DiskRead,
    journals: &Path,
    world: &dyn Observe<O>,
    jobs: Jobs,
) -> Result<Admission, ApplyError> {
    let id = saved.id;
    let admission = match journal::find(disk, journals, id)? {
        None => Admission::First,
        Some(journal) => match journal.status() {
            Status::Finished => return Err(ApplyError::Applied { id }),
            Status::Stopped | Status::Incomplete { .. } => {
                return Err(ApplyError::Unfinished { id });
            }
            // As it was decided, so it may be tried again.
            Status::Failed => Admission::Anew(Box::new(journal)),
        },
    };
    let changes = changes(id, &saved.plan, world, jobs);
    if changes.is_empty() {
        Ok(admission)
    } else {
        Err(ApplyError::Stale(StalePlan(changes)))
    }
}

/// Returns every premise that does not hold any more.
///
/// What an action sees only after an earlier one cannot be looked at yet: an
/// action that waits for an output, and one that changes what another changes
/// before it. Those are looked at just before they are performed.
pub fn changes<O: Operation>(
    id: PlanId,
    plan: &Plan<O>,
    world: &dyn Observe<O>,
    jobs: Jobs,
) -> Vec<Change> {
    let later = later_on_the_same(plan);
    let order = plan.positions_in_order();
    let look = |at: usize| {
        let position = order[at];
        let action = plan.at(position);
        if later[position as usize] || !action.operation().uses().is_empty() {
            return None;
        }
        let given = Given::nothing(id, action.id());
        let (expected, found) = match world.observe(action.operation(), &given, Moment::Before) {
            Ok(Observation::Changed { expected, found }) => (expected, found),
            Ok(
                Observation::Pending { .. }
                | Observation::Already { .. }
                | Observation::Unknown { .. },
            ) => return None,
            Err(failure) => {
                let premise = action.operation().describe().premise;
                let expected = premise.unwrap_or("something that can be read".into());
                (expected.into_owned(), failure.message)
            }
        };
        Some(Change {
            action: action.id().clone(),
            expected,
            found,
        })
    };
    fan(jobs, order.len(), look).into_iter().flatten().collect()
}

/// Says of each action whether an earlier one acts on the same thing.
fn later_on_the_same<O: Operation>(plan: &Plan<O>) -> Vec<bool> {
    let mut later = vec![false; plan.len()];
    for group in plan.shared_targets() {
        for &position in &group[1..] {
            later[position as usize] = true;
        }
    }
    later
}
