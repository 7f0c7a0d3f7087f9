//! Several questions on their way at once.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many, at the most.
const AT_ONCE: usize = 8;

/// Asks something of each, and returns the answers in the same order.
pub(super) fn at_once<T: Sync, R: Send>(all: &[T], ask: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let answers: Vec<Mutex<Option<R>>> = all.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(all.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(one), Some(place)) = (all.get(at), answers.get(at)) else {
                        break;
                    };
                    let answer = ask(one);
                    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
                }
            });
        }
    });
    let taken = answers.into_iter();
    taken
        .filter_map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_questions() {
        let all: Vec<u32> = (0..100).collect();
        let answers = at_once(&all, |one| one * 2);
        assert_eq!(answers, all.iter().map(|one| one * 2).collect::<Vec<_>>());
        assert!(at_once(&[] as &[u32], |one| *one).is_empty());
    }
}
