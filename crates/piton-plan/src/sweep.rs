//! The one order of a graph, found in a single sweep over the list.

use crate::edge::Edge;
use crate::position_set::PositionSet;

/// Stands where no action does; positions end far below.
const NOBODY: u32 = u32::MAX;

/// Where an action waits, and who waits for it: lists that run through one
/// array. An action waits for one dependency at a time, so it is in one list.
#[derive(Clone, Copy)]
struct Wait {
    /// The first action that waits for this one.
    first: u32,
    /// The next action that waits for what this one waits for.
    next: u32,
    /// The edge it waits on; those after it are settled.
    edge: u32,
}

/// A walk along the list that settles each action whose dependencies have been
/// settled, and goes back for those that were waiting for it.
///
/// Whoever waits stands before the place the walk has come to, so going back
/// at once is the same as always taking the first action that is ready. The
/// graph need not be turned round for it, which would take as long again.
pub(crate) struct Sweep<'g> {
    starts: &'g [u32],
    edges: &'g [Edge],
    /// One bit for each action, so that a million of them stay in the cache.
    settled: Vec<u64>,
    waits: Vec<Wait>,
    /// Actions behind the walk that wait for nothing any more.
    ready: PositionSet,
    order: Vec<u32>,
}

impl<'g> Sweep<'g> {
    /// `starts` says where the edges of each action start, and has the end of
    /// the last besides.
    pub(crate) fn new(starts: &'g [u32], edges: &'g [Edge]) -> Self {
        let count = starts.len() - 1;
        let nobody = Wait {
            first: NOBODY,
            next: NOBODY,
            edge: 0,
        };
        Self {
            starts,
            edges,
            settled: vec![0; count.div_ceil(64)],
            waits: vec![nobody; count],
            ready: PositionSet::new(count),
            order: Vec::with_capacity(count),
        }
    }

    /// Returns the order; actions of a cycle, and behind one, are left out.
    pub(crate) fn order(mut self) -> Vec<u32> {
        for (position, own) in (0_u32..).zip(self.starts.windows(2)) {
            if let Some(edge) = self.last_unsettled(own[0], own[1]) {
                self.wait(position, edge);
                continue;
            }
            self.settle(position);
            while let Some(behind) = self.ready.pop_first() {
                self.settle(behind);
            }
        }
        self.order
    }

    /// Settles an action and moves on each that waited for it.
    fn settle(&mut self, position: u32) {
        let at = position as usize;
        self.order.push(position);
        self.settled[at / 64] |= 1 << (at % 64);
        let mut waiting = self.waits[at].first;
        while waiting != NOBODY {
            let Wait { next, edge, .. } = self.waits[waiting as usize];
            match self.last_unsettled(self.starts[waiting as usize], edge) {
                Some(edge) => self.wait(waiting, edge),
                None => self.ready.insert(waiting),
            }
            waiting = next;
        }
    }

    /// Finds the edge to wait on. Later actions tend to be settled later, and
    /// so the last one leaves the fewest to wait on afterwards.
    fn last_unsettled(&self, from: u32, to: u32) -> Option<u32> {
        let unsettled = |edge: &u32| {
            let at = self.edges[*edge as usize].to() as usize;
            self.settled[at / 64] & 1 << (at % 64) == 0
        };
        (from..to).rev().find(unsettled)
    }

    fn wait(&mut self, position: u32, edge: u32) {
        let on = self.edges[edge as usize].to();
        let next = std::mem::replace(&mut self.waits[on as usize].first, position);
        let own = &mut self.waits[position as usize];
        own.next = next;
        own.edge = edge;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::edge::Edge;
    use crate::graph::Graph;

    /// Takes the first action of the list that may come next, again and again.
    fn first_that_may_come(parents: &[Vec<u32>]) -> Vec<u32> {
        let mut order: Vec<u32> = Vec::new();
        loop {
            let next = (0_u32..).zip(parents).find(|(position, own)| {
                !order.contains(position) && own.iter().all(|to| order.contains(to))
            });
            match next {
                Some((position, _)) => order.push(position),
                None => return order,
            }
        }
    }

    proptest! {
        #[test]
        fn always_the_first_action_that_may_come_comes_next(
            parents in (1_u32..40).prop_flat_map(|count| {
                let own = proptest::collection::vec(0..count, 0..3);
                proptest::collection::vec(own, count as usize)
            })
        ) {
            let mut graph = Graph::with_capacity(parents.len(), 0);
            for own in &parents {
                graph.push(own.iter().map(|to| Edge::needs(*to)));
            }
            prop_assert_eq!(graph.order(), first_that_may_come(&parents));
        }

        #[test]
        fn a_shuffled_graph_without_cycles_is_ordered_whole(
            (place, draws) in (1_usize..60).prop_flat_map(|count| {
                let place: Vec<u32> = (0_u32..60).take(count).collect();
                let draws = proptest::collection::vec(any::<u32>(), 0..4);
                (Just(place).prop_shuffle(), proptest::collection::vec(draws, count))
            })
        ) {
            let mut parents = vec![Vec::new(); place.len()];
            for (at, draws) in draws.iter().enumerate().skip(1) {
                parents[place[at] as usize] =
                    draws.iter().map(|draw| place[*draw as usize % at]).collect();
            }
            let mut graph = Graph::with_capacity(parents.len(), 0);
            for own in &parents {
                graph.push(own.iter().map(|to| Edge::after(*to)));
            }
            let order = graph.order();
            prop_assert_eq!(order.len(), parents.len());
            prop_assert_eq!(order, first_that_may_come(&parents));
        }
    }
}
