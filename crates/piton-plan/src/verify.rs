//! Looking again after a plan was performed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::fan::fan;
use crate::given::Given;
use crate::id::{ActionId, PlanId};
use crate::operation::Operation;
use crate::plan::Plan;
use crate::policy::Jobs;
use crate::receipt::{Outcome, Receipt, SkipReason};
use crate::world::{Moment, Observation, Observe};

/// What looking again showed, for each action in the order of performing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verification {
    pub checked: Vec<Checked>,
    /// Receipts of actions that the plan does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strangers: Vec<ActionId>,
}

/// What looking again showed of one action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    pub action: ActionId,
    pub verdict: Verdict,
}

/// Whether the world is as the plan said it would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    Verified,
    Deviation {
        expected: String,
        found: String,
    },
    Unverifiable {
        why: String,
    },
    /// A later action of the plan changed the same thing again.
    Superseded,
    /// It was not performed, or leaves nothing to look at.
    NotApplicable,
    /// It has no receipt.
    Unaccounted,
}

/// One difference between a plan and the world after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation<'a> {
    pub action: &'a ActionId,
    pub expected: &'a str,
    pub found: &'a str,
}

impl Verification {
    /// Returns every difference that was found.
    pub fn deviations(&self) -> impl Iterator<Item = Deviation<'_>> {
        let checked = self.checked.iter().filter_map(|checked| {
            let (expected, found) = match &checked.verdict {
                Verdict::Deviation { expected, found } => (expected.as_str(), found.as_str()),
                Verdict::Unaccounted => ("a receipt", "none"),
                Verdict::Verified
                | Verdict::Unverifiable { .. }
                | Verdict::Superseded
                | Verdict::NotApplicable => return None,
            };
            Some(Deviation {
                action: &checked.action,
                expected,
                found,
            })
        });
        let strangers = self.strangers.iter().map(|action| Deviation {
            action,
            expected: "an action of the plan",
            found: "a receipt without one",
        });
        checked.chain(strangers)
    }

    pub fn is_clean(&self) -> bool {
        self.deviations().next().is_none()
    }
}

/// Observes the world again and compares it with what the plan wanted.
///
/// A world that settles late asks several times inside its `observe`, at this
/// moment only.
pub fn verify<O: Operation>(
    id: PlanId,
    plan: &Plan<O>,
    receipts: &[Receipt],
    world: &dyn Observe<O>,
    jobs: Jobs,
) -> Verification {
    let mut by_position: HashMap<u32, &Receipt> = HashMap::new();
    let mut strangers = Vec::new();
    for receipt in receipts {
        match plan.position(&receipt.action) {
            Some(position) => _ = by_position.insert(position, receipt),
            None => strangers.push(receipt.action.clone()),
        }
    }
    let superseded = superseded(plan, &by_position);
    let order = plan.positions_in_order();
    let checked = fan(jobs, order.len(), |at| {
        let position = order[at];
        let verdict = match by_position.get(&position) {
            None => Verdict::Unaccounted,
            Some(receipt) => match receipt.outcome {
                Outcome::Ok | Outcome::AlreadySo | Outcome::Skipped(SkipReason::NothingToDo) => {
                    if superseded[position as usize] {
                        Verdict::Superseded
                    } else if !plan.at(position).operation().leaves_a_trace() {
                        Verdict::NotApplicable
                    } else {
                        look(id, plan, position, &by_position, world)
                    }
                }
                Outcome::Failed(_) | Outcome::Skipped(_) => Verdict::NotApplicable,
            },
        };
        Checked {
            action: plan.at(position).id.clone(),
            verdict,
        }
    });
    Verification { checked, strangers }
}

/// Says of each action whether a later one changed the same thing for good.
fn superseded<O: Operation>(plan: &Plan<O>, receipts: &HashMap<u32, &Receipt>) -> Vec<bool> {
    let mut superseded = vec![false; plan.len()];
    for mut group in plan.shared_targets() {
        group.retain(|position| {
            let receipt = receipts.get(position);
            receipt.is_some_and(|r| matches!(r.outcome, Outcome::Ok | Outcome::AlreadySo))
        });
        group.pop();
        for earlier in group {
            superseded[earlier as usize] = true;
        }
    }
    superseded
}

fn look<O: Operation>(
    id: PlanId,
    plan: &Plan<O>,
    position: u32,
    receipts: &HashMap<u32, &Receipt>,
    world: &dyn Observe<O>,
) -> Verdict {
    let outputs = |producer| receipts.get(&producer).map(|receipt| &receipt.outputs);
    let given = Given::gather(id, plan, position, outputs, None);
    let operation = plan.at(position).operation();
    match world.observe(operation, &given, Moment::After) {
        Ok(Observation::Already { .. }) => Verdict::Verified,
        Ok(Observation::Pending { found, .. } | Observation::Changed { found, .. }) => {
            let expected = operation.describe().expectation().to_owned();
            Verdict::Deviation { expected, found }
        }
        Ok(Observation::Unknown { why, .. }) => Verdict::Unverifiable { why },
        Err(failure) => Verdict::Unverifiable {
            why: failure.message,
        },
    }
}
