//! What can be wrong with a plan.

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
    let round: Vec<&str> = path
        .iter()
        .chain(path.first())
        .map(ActionId::as_str)
        .collect();
    round.join(" → ")
}

/// Everything that is wrong with a plan, in the order of the list of actions
/// within each kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", on_lines(.0))]
pub struct PlanFaults(pub Vec<Fault>);

fn on_lines(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    lines.join("\n")
}
