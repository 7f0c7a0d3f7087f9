//! Who depends on whom, and the one order that follows.

use crate::edge::Edge;
use crate::parts::{WORTH_SORTING, by_part};
use crate::sweep::Sweep;

/// Dependencies by list position, all in one array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    /// Where the edges of an action start; one more than there are actions.
    starts: Vec<u32>,
    edges: Vec<Edge>,
}

impl Graph {
    pub(crate) fn with_capacity(actions: usize, edges: usize) -> Self {
        let mut starts = Vec::with_capacity(actions + 1);
        starts.push(0);
        Self {
            starts,
            edges: Vec::with_capacity(edges),
        }
    }

    /// Adds the next action with its edges; a repeated dependency counts once,
    /// and one that is needed as well as ordered is needed.
    pub(crate) fn push(&mut self, edges: impl IntoIterator<Item = Edge>) {
        let from = self.edges.len();
        self.edges.extend(edges);
        if self.edges.len() - from > 1 {
            let own = &mut self.edges[from..];
            own.sort_unstable_by_key(|edge| (edge.to(), edge.order_only()));
            let mut kept = from + 1;
            for at in from + 1..self.edges.len() {
                if self.edges[at].to() != self.edges[kept - 1].to() {
                    self.edges[kept] = self.edges[at];
                    kept += 1;
                }
            }
            self.edges.truncate(kept);
        }
        self.starts
            .push(u32::try_from(self.edges.len()).unwrap_or(u32::MAX));
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns the dependencies of one action, by position.
    pub(crate) fn edges(&self, position: u32) -> &[Edge] {
        let at = position as usize;
        &self.edges[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// Returns who depends on whom, the other way round.
    pub(crate) fn dependents(&self) -> Dependents {
        let arrows = (0_u32..)
            .zip(self.starts.windows(2))
            .flat_map(|(from, own)| {
                let own = &self.edges[own[0] as usize..own[1] as usize];
                own.iter().map(move |edge| (edge.to(), from))
            });
        if self.edges.len() < WORTH_SORTING {
            return Dependents::collect(self.len(), self.edges.len(), arrows);
        }
        let bits = usize::BITS - self.len().leading_zeros();
        let arrows = by_part(arrows, bits, |(to, _)| u64::from(*to));
        Dependents::collect(self.len(), arrows.len(), arrows.into_iter())
    }

    /// Returns the number of dependencies of each action.
    pub(crate) fn counts(&self) -> Vec<u32> {
        self.starts
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .collect()
    }

    /// Returns the order: of all actions whose dependencies came before, always
    /// the first in the list. Shorter than the list if there is a cycle.
    pub(crate) fn order(&self) -> Vec<u32> {
        if self.edges.is_empty() {
            return (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect();
        }
        Sweep::new(&self.starts, &self.edges).order()
    }

    /// Returns one cycle of every knot, each as positions in the direction
    /// "depends on", the earliest first.
    pub(crate) fn cycles(&self) -> Vec<Vec<u32>> {
        let knots = self.knots();
        let mut cycles: Vec<Vec<u32>> = knots.iter().map(|knot| self.cycle_in(knot)).collect();
        cycles.sort_unstable();
        cycles
    }

    /// Finds the strongly connected parts with more than one action: Tarjan's
    /// algorithm with the stack written out, since chains are long.
    fn knots(&self) -> Vec<Vec<u32>> {
        const UNSEEN: u32 = u32::MAX;
        let mut seen_at = vec![UNSEEN; self.len()];
        let mut low = vec![0_u32; self.len()];
        let mut on_stack = vec![false; self.len()];
        let (mut stack, mut knots, mut clock) = (Vec::new(), Vec::new(), 0_u32);
        let mut calls: Vec<(u32, usize)> = Vec::new();
        for root in 0..u32::try_from(self.len()).unwrap_or(u32::MAX) {
            if seen_at[root as usize] != UNSEEN {
                continue;
            }
            calls.push((root, 0));
            while let Some((node, next)) = calls.pop() {
                let at = node as usize;
                if next == 0 {
                    seen_at[at] = clock;
                    low[at] = clock;
                    clock += 1;
                    stack.push(node);
                    on_stack[at] = true;
                }
                let Some(edge) = self.edges(node).get(next) else {
                    if low[at] == seen_at[at] {
                        let from = stack.iter().rposition(|&n| n == node).unwrap_or(0);
                        let knot = stack.split_off(from);
                        for &member in &knot {
                            on_stack[member as usize] = false;
                        }
                        if knot.len() > 1 {
                            knots.push(knot);
                        }
                    }
                    if let Some(&(parent, _)) = calls.last() {
                        low[parent as usize] = low[parent as usize].min(low[at]);
                    }
                    continue;
                };
                calls.push((node, next + 1));
                let to = edge.to() as usize;
                if seen_at[to] == UNSEEN {
                    calls.push((edge.to(), 0));
                } else if on_stack[to] {
                    low[at] = low[at].min(seen_at[to]);
                }
            }
        }
        knots
    }

    /// Walks inside a knot until an action comes round again.
    fn cycle_in(&self, knot: &[u32]) -> Vec<u32> {
        let members: std::collections::HashSet<u32> = knot.iter().copied().collect();
        let mut walked = std::collections::HashMap::new();
        let mut path = Vec::new();
        let mut node = knot.iter().copied().min().unwrap_or(0);
        while !walked.contains_key(&node) {
            walked.insert(node, path.len());
            path.push(node);
            let next = self
                .edges(node)
                .iter()
                .map(|edge| edge.to())
                .find(|to| *to != node && members.contains(to));
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        let mut cycle = path.split_off(walked[&node]);
        let earliest = (0..cycle.len()).min_by_key(|&at| cycle[at]).unwrap_or(0);
        cycle.rotate_left(earliest);
        cycle
    }
}

/// Dependents by list position.
#[derive(Debug)]
pub(crate) struct Dependents {
    starts: Vec<u32>,
    list: Vec<u32>,
}

impl Dependents {
    /// Collects arrows from a dependency to its dependent.
    fn collect(
        count: usize,
        edges: usize,
        arrows: impl Iterator<Item = (u32, u32)> + Clone,
    ) -> Self {
        let mut starts = vec![0_u32; count + 2];
        // Nested iterators are fast from the inside only, so no `for` here.
        arrows
            .clone()
            .for_each(|(to, _)| starts[to as usize + 2] += 1);
        for at in 2..starts.len() {
            starts[at] += starts[at - 1];
        }
        // While it is filled, `starts[i + 1]` grows from the start of `i` to
        // its end, and so the array becomes the one that is wanted.
        let mut list = vec![0_u32; edges];
        arrows.for_each(|(to, from)| {
            let slot = &mut starts[to as usize + 1];
            list[*slot as usize] = from;
            *slot += 1;
        });
        Self { starts, list }
    }

    pub(crate) fn of(&self, position: u32) -> &[u32] {
        let at = position as usize;
        &self.list[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}
