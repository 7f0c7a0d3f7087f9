//! What a command decided.

use std::collections::BTreeMap;

use piton_base::RepoPath;
use serde_json::Value;

use crate::action::Action;
use crate::check::{check, ranks, survey};
use crate::edge::Edge;
use crate::fault::{Fault, PlanFaults};
use crate::graph::Graph;
use crate::id::ActionId;
use crate::index::Index;
use crate::operation::Operation;

/// What a command decided: a checked list of actions with one order.
///
/// There is no way to a `Plan` but through the check, whether it is built or
/// read, so whoever holds one need not check again.
#[derive(Clone, Debug)]
pub struct Plan<O> {
    command: String,
    actions: Vec<Action<O>>,
    graph: Graph,
    order: Vec<u32>,
    index: Index,
    warnings: Vec<String>,
    context: BTreeMap<String, Value>,
    watches: Vec<RepoPath>,
}

/// The parts of a plan before the check.
#[derive(Debug)]
pub(crate) struct Parts<O> {
    pub(crate) command: String,
    pub(crate) actions: Vec<Action<O>>,
    /// For each action what was said about its dependencies.
    pub(crate) stated: Vec<Vec<Stated>>,
    pub(crate) warnings: Vec<String>,
    pub(crate) context: BTreeMap<String, Value>,
    pub(crate) watches: Vec<RepoPath>,
}

/// What was said about one dependency.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    pub(crate) on: ActionId,
    /// Where it is, if it is in the same list.
    pub(crate) at: Option<u32>,
    pub(crate) order_only: bool,
}

/// A dependency of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dependency<'a> {
    pub on: &'a ActionId,
    /// It must have been settled before, but may have been left out.
    pub order_only: bool,
}

impl<O: Operation> Plan<O> {
    /// Checks everything at once; what was stated is all that actions depend on.
    pub(crate) fn check(parts: Parts<O>) -> Result<Self, PlanFaults> {
        let actions = parts.actions;
        let survey = survey(&actions);
        let mut faults = Vec::new();
        let mut graph = Graph::with_capacity(actions.len(), parts.stated.len());
        for (action, stated) in actions.iter().zip(&parts.stated) {
            let edges = stated.iter().filter_map(|stated| {
                let here = |at: &u32| {
                    let there = actions.get(*at as usize);
                    there.is_some_and(|there| there.id == stated.on)
                };
                let at = stated.at.filter(here);
                match at.or_else(|| survey.index.get(&actions, &stated.on)) {
                    Some(to) if stated.order_only => Some(Edge::after(to)),
                    Some(to) => Some(Edge::needs(to)),
                    None => {
                        faults.push(Fault::UnknownDependency {
                            action: action.id.clone(),
                            dependency: stated.on.clone(),
                        });
                        None
                    }
                }
            });
            graph.push(edges);
        }
        let (order, index) = check(&actions, &graph, survey, faults).map_err(PlanFaults)?;
        Ok(Self {
            command: parts.command,
            actions,
            graph,
            order,
            index,
            warnings: parts.warnings,
            context: parts.context,
            watches: parts.watches,
        })
    }

    /// Does the whole check again, and returns how many actions it ordered. A
    /// plan that exists passed it; this is for measuring what it costs.
    pub fn check_again(&self) -> Result<usize, PlanFaults> {
        let survey = survey(&self.actions);
        let (order, _) =
            check(&self.actions, &self.graph, survey, Vec::new()).map_err(PlanFaults)?;
        Ok(order.len())
    }

    pub fn command(&self) -> &str {
        &self.command
    }

    /// Returns the actions in the order in which they were decided.
    pub fn actions(&self) -> &[Action<O>] {
        &self.actions
    }

    /// Returns the actions in the order in which they are performed.
    pub fn in_order(&self) -> impl ExactSizeIterator<Item = &Action<O>> {
        self.order.iter().map(|&position| self.at(position))
    }

    /// Returns what an action depends on, in list order.
    pub fn dependencies(&self, id: &ActionId) -> Vec<Dependency<'_>> {
        let Some(position) = self.position(id) else {
            return Vec::new();
        };
        self.dependencies_at(position).collect()
    }

    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns the values that were known when the plan was decided.
    pub fn context(&self) -> &BTreeMap<String, Value> {
        &self.context
    }

    /// Returns the files that are as they were afterwards, unless an action
    /// names them.
    pub fn watches(&self) -> &[RepoPath] {
        &self.watches
    }

    pub fn len(&self) -> usize {
        self.actions.len()
    }

    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// Whether performing it changes anything.
    pub fn has_changes(&self) -> bool {
        self.operations().any(|o| o.key().verb.changes())
    }

    /// Whether anything of it is performed; checks are, and change nothing.
    pub fn has_work(&self) -> bool {
        self.operations().any(|o| o.key().verb.performed())
    }

    /// Whether performing it takes something away that is there now.
    pub fn has_destructive(&self) -> bool {
        self.operations().any(Operation::destructive)
    }

    fn operations(&self) -> impl Iterator<Item = &O> {
        self.actions.iter().map(Action::operation)
    }

    pub(crate) fn at(&self, position: u32) -> &Action<O> {
        &self.actions[position as usize]
    }

    pub(crate) fn position(&self, id: &ActionId) -> Option<u32> {
        self.index.get(&self.actions, id)
    }

    pub(crate) fn positions_in_order(&self) -> &[u32] {
        &self.order
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Returns the groups of actions that act on one thing, each in the order
    /// of performing.
    pub(crate) fn shared_targets(&self) -> Vec<Vec<u32>> {
        let mut groups = self.index.groups();
        if !groups.is_empty() {
            let rank = ranks(&self.order);
            for group in &mut groups {
                group.sort_unstable_by_key(|&position| rank[position as usize]);
            }
        }
        groups
    }

    pub(crate) fn dependencies_at(&self, position: u32) -> impl Iterator<Item = Dependency<'_>> {
        self.graph.edges(position).iter().map(|edge| Dependency {
            on: &self.at(edge.to()).id,
            order_only: edge.order_only(),
        })
    }
}

/// The order and the index follow from the rest.
impl<O: PartialEq> PartialEq for Plan<O> {
    fn eq(&self, other: &Self) -> bool {
        self.command == other.command
            && self.actions == other.actions
            && self.graph == other.graph
            && self.warnings == other.warnings
            && self.context == other.context
            && self.watches == other.watches
    }
}
