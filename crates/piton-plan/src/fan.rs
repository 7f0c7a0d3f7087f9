//! Looking at many things at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::policy::Jobs;

/// Returns what looking at each of `count` things gives, in their order, with
/// as many looks under way at once as there may be.
pub(crate) fn fan<T: Send>(jobs: Jobs, count: usize, look: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let workers = jobs.0.get().min(count);
    if workers <= 1 {
        return (0..count).map(look).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut seen = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return seen;
            }
            seen.push((at, look(at)));
        }
    };
    let mut all: Vec<(usize, T)> = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for helper in helpers {
            match helper.join() {
                Ok(seen) => all.extend(seen),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_unstable_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, seen)| seen).collect()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn looks_are_under_way_at_once_and_their_order_stays() {
        let both = Barrier::new(2);
        let jobs = Jobs(NonZeroUsize::new(2).unwrap());
        let seen = fan(jobs, 10, |at| {
            // With one look at a time the first would wait for ever; and both
            // have one of the last two, so that neither's are all before the
            // other's.
            if !(2..8).contains(&at) {
                both.wait();
            }
            at * at
        });
        assert_eq!(seen, [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]);
        assert_eq!(fan(Jobs::default(), 3, |at| at), [0, 1, 2]);
    }
}
