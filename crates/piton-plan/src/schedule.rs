//! Which action may be performed next.

use crate::graph::{Dependents, Graph};
use crate::policy::ErrorPolicy;
use crate::position_set::PositionSet;

/// What an action means to those that depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Unsettled,
    Good,
    /// It failed, or could not be performed because of one that did.
    Failed,
    /// The user did not want it, or one that it needs.
    Withheld,
}

/// The state of a run: what has been settled, and what may come next.
#[derive(Debug)]
pub(crate) struct Schedule<'p> {
    graph: &'p Graph,
    dependents: Dependents,
    waiting: Vec<u32>,
    ready: PositionSet,
    standing: Vec<Standing>,
    left: usize,
}

impl<'p> Schedule<'p> {
    pub(crate) fn new(graph: &'p Graph) -> Self {
        let waiting = graph.counts();
        let mut ready = PositionSet::new(graph.len());
        for (position, count) in (0_u32..).zip(&waiting) {
            if *count == 0 {
                ready.insert(position);
            }
        }
        Self {
            graph,
            dependents: graph.dependents(),
            waiting,
            ready,
            standing: vec![Standing::Unsettled; graph.len()],
            left: graph.len(),
        }
    }

    /// Takes the first action of the list whose dependencies are all settled.
    pub(crate) fn pop(&mut self) -> Option<u32> {
        self.ready.pop_first()
    }

    /// Whether every action has been settled.
    pub(crate) fn is_done(&self) -> bool {
        self.left == 0
    }

    pub(crate) fn settle(&mut self, position: u32, standing: Standing) {
        self.standing[position as usize] = standing;
        self.left -= 1;
        for &dependent in self.dependents.of(position) {
            let count = &mut self.waiting[dependent as usize];
            *count -= 1;
            if *count == 0 {
                self.ready.insert(dependent);
            }
        }
    }

    /// Returns the dependencies that keep an action from being performed, and
    /// what it becomes because of them. `uses` are those whose outputs it
    /// cannot do without, whatever the policy.
    pub(crate) fn blockers(
        &self,
        position: u32,
        policy: ErrorPolicy,
        uses: &[u32],
    ) -> Option<(Vec<u32>, Standing)> {
        let mut because = Vec::new();
        let mut inherited = Standing::Withheld;
        for edge in self.graph.edges(position) {
            let standing = self.standing[edge.to() as usize];
            let blocks = match standing {
                Standing::Good | Standing::Unsettled => false,
                Standing::Withheld => !edge.order_only(),
                Standing::Failed => match policy {
                    ErrorPolicy::FailFast | ErrorPolicy::SkipDependents => true,
                    ErrorPolicy::Continue => uses.contains(&edge.to()),
                },
            };
            if blocks {
                because.push(edge.to());
                if standing == Standing::Failed {
                    inherited = Standing::Failed;
                }
            }
        }
        (!because.is_empty()).then_some((because, inherited))
    }
}
