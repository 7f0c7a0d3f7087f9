//! What can be wrong with a plan.

use std::fmt;

use crate::id::ActionId;
use crate::output::OutputRef;

/// One thing that is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("`{action}` depends on `{dependency}`, which is not in the plan")]
    UnknownDependency {
        action: ActionId,
        dependency: ActionId,
    },
    #[error("`{id}` occurs {times} times")]
    DuplicateId { id: ActionId, times: usize },
    #[error("`{action}` depends on itself")]
    SelfDependency { action: ActionId },
    #[error("the dependencies run in a circle: {}", circle(.path))]
    Cycle {
        /// The actions in the direction "depends on", without the repetition.
        path: Vec<ActionId>,
    },
    #[error("`{action}` uses {reference}, which is not among its dependencies")]
    NotADependency {
        action: ActionId,
        reference: OutputRef,
    },
    #[error("`{action}` uses {reference}, which that action does not produce")]
    NotProduced {
        action: ActionId,
        reference: OutputRef,
    },
    #[error("`{first}` and `{second}` change the same thing and neither depends on the other")]
    Unordered { first: ActionId, second: ActionId },
    #[error("`{id}` is not the name of its operation, which is `{expected}`")]
    WrongId { id: ActionId, expected: ActionId },
    #[error("`{}` is not a name for an action: {why}", .id.as_str().escape_debug())]
    BadName { id: ActionId, why: &'static str },
    #[error("it has {count} actions; at most {most} can be performed")]
    TooMany { count: usize, most: usize },
}

fn circle(path: &[ActionId]) -> String {
    let mut text = String::new();
    for id in path.iter().chain(path.first()) {
        if !text.is_empty() {
            text.push_str(" → ");
        }
        text.push_str(id.as_str());
    }
    text
}

/// Everything that is wrong with a plan, in the order of the list of actions
/// within each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFaults(pub(crate) Vec<Fault>);

impl PlanFaults {
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for PlanFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for PlanFaults {}
