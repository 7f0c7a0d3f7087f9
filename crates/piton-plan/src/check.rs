//! Whether a list of actions with dependencies is a plan.

use std::collections::HashMap;

use crate::action::Action;
use crate::edge::MOST_ACTIONS;
use crate::fault::Fault;
use crate::graph::Graph;
use crate::id::{ActionId, category_problem, target_problem};
use crate::index::{Hashes, Index};
use crate::operation::{Key, Operation};

/// What one walk over a list of actions shows.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) index: Index,
    /// Names that cannot be.
    faults: Vec<Fault>,
    /// The actions that use an output of another.
    users: Vec<u32>,
}

/// Looks at every action once; a million of them do not fit into any cache.
pub(crate) fn survey<O: Operation>(actions: &[Action<O>]) -> Survey {
    let mut hashes = Hashes::with_capacity(actions.len());
    let mut faults = Vec::new();
    let mut users = Vec::new();
    // Categories are few; one that was found good need not be read again.
    let mut good = "";
    for (position, action) in (0_u32..).zip(actions) {
        let operation = &action.operation;
        let Key {
            category,
            verb,
            target,
        } = operation.key();
        hashes.push(category, &target);
        if !action.id.agrees(category, verb, &target) {
            faults.push(Fault::WrongId {
                id: action.id.clone(),
                expected: ActionId::derive(category, verb, &target),
            });
        }
        let mut problem = target_problem(&target);
        if !std::ptr::eq(good, category) {
            match category_problem(category) {
                None => good = category,
                some => problem = some,
            }
        }
        if let Some(why) = problem {
            let id = action.id.clone();
            faults.push(Fault::BadName { id, why });
        }
        if !operation.uses().is_empty() {
            users.push(position);
        }
    }
    Survey {
        index: hashes.index(actions),
        faults,
        users,
    }
}

/// Returns the order in which to perform the actions and the index of them, or
/// everything wrong. `faults` holds what was found while the dependencies were
/// resolved.
pub(crate) fn check<O: Operation>(
    actions: &[Action<O>],
    graph: &Graph,
    survey: Survey,
    mut faults: Vec<Fault>,
) -> Result<(Vec<u32>, Index), Vec<Fault>> {
    if actions.len() > MOST_ACTIONS {
        faults.push(Fault::TooMany {
            count: actions.len(),
            most: MOST_ACTIONS,
        });
        return Err(faults);
    }
    let index = survey.index;
    faults.extend(survey.faults);
    duplicates(actions, &index, &mut faults);
    let order = order(actions, graph, &mut faults);
    outputs(actions, graph, &index, &survey.users, &mut faults);
    if order.len() == actions.len() {
        shared_targets(actions, graph, &index, &order, &mut faults);
    }
    if faults.is_empty() {
        Ok((order, index))
    } else {
        Err(faults)
    }
}

fn duplicates<O: Operation>(actions: &[Action<O>], index: &Index, faults: &mut Vec<Fault>) {
    for group in index.groups() {
        let mut times: Vec<(&ActionId, usize)> = Vec::new();
        let mut seen: HashMap<&ActionId, usize> = HashMap::new();
        for position in group {
            let id = &actions[position as usize].id;
            let at = *seen.entry(id).or_insert_with(|| {
                times.push((id, 0));
                times.len() - 1
            });
            times[at].1 += 1;
        }
        for (id, times) in times.into_iter().filter(|(_, times)| *times > 1) {
            let id = id.clone();
            faults.push(Fault::DuplicateId { id, times });
        }
    }
}

fn order<O: Operation>(actions: &[Action<O>], graph: &Graph, faults: &mut Vec<Fault>) -> Vec<u32> {
    let order = graph.order();
    if order.len() == actions.len() {
        return order;
    }
    for (position, action) in (0_u32..).zip(actions) {
        if graph.edges(position).iter().any(|e| e.to() == position) {
            let action = action.id.clone();
            faults.push(Fault::SelfDependency { action });
        }
    }
    for cycle in graph.cycles() {
        let path = cycle
            .into_iter()
            .map(|position| actions[position as usize].id.clone())
            .collect();
        faults.push(Fault::Cycle { path });
    }
    order
}

fn outputs<O: Operation>(
    actions: &[Action<O>],
    graph: &Graph,
    index: &Index,
    users: &[u32],
    faults: &mut Vec<Fault>,
) {
    for &position in users {
        let action = &actions[position as usize];
        for reference in action.operation.uses() {
            let needed = index.get(actions, &reference.action).filter(|to| {
                let mut edges = graph.edges(position).iter();
                edges.any(|edge| edge.to() == *to && !edge.order_only())
            });
            let produced = needed.map(|to| {
                let names = actions[to as usize].operation.produces();
                names.contains(&reference.output.as_str())
            });
            let (action, reference) = (action.id.clone(), reference.clone());
            match produced {
                Some(true) => {}
                Some(false) => faults.push(Fault::NotProduced { action, reference }),
                None => faults.push(Fault::NotADependency { action, reference }),
            }
        }
    }
}

/// Two actions that change one thing must be ordered by their dependencies,
/// or the result would hang on luck.
fn shared_targets<O: Operation>(
    actions: &[Action<O>],
    graph: &Graph,
    index: &Index,
    order: &[u32],
    faults: &mut Vec<Fault>,
) {
    let groups = index.groups();
    if groups.is_empty() {
        return;
    }
    let rank = ranks(order);
    let mut search = Search {
        graph,
        rank: &rank,
        seen: vec![0; order.len()],
        round: 0,
        // One search visits each action at most once. Searches share this
        // allowance, so that no plan takes longer than a few passes over it.
        allowance: 16 * (order.len() + 64),
    };
    for mut group in groups {
        group.retain(|&position| actions[position as usize].operation.key().verb.changes());
        group.sort_unstable_by_key(|&position| rank[position as usize]);
        for pair in group.windows(2) {
            if !search.depends(pair[1], pair[0]) {
                faults.push(Fault::Unordered {
                    first: actions[pair[0] as usize].id.clone(),
                    second: actions[pair[1] as usize].id.clone(),
                });
            }
        }
    }
}

/// Returns for each list position where it comes in an order of all.
pub(crate) fn ranks(order: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    for (rank, &position) in (0..).zip(order) {
        ranks[position as usize] = rank;
    }
    ranks
}

struct Search<'a> {
    graph: &'a Graph,
    rank: &'a [u32],
    seen: Vec<u32>,
    round: u32,
    allowance: usize,
}

impl Search<'_> {
    /// Whether `later` depends on `earlier`, directly or through others. Once
    /// the allowance is used up only a direct dependency counts.
    fn depends(&mut self, later: u32, earlier: u32) -> bool {
        if self.graph.edges(later).iter().any(|e| e.to() == earlier) {
            return true;
        }
        self.round += 1;
        let floor = self.rank[earlier as usize];
        let mut stack = vec![later];
        while let Some(node) = stack.pop() {
            for edge in self.graph.edges(node) {
                let to = edge.to();
                if to == earlier {
                    return true;
                }
                let at = to as usize;
                if self.rank[at] > floor && self.seen[at] != self.round && self.allowance > 0 {
                    self.seen[at] = self.round;
                    self.allowance -= 1;
                    stack.push(to);
                }
            }
        }
        false
    }
}
