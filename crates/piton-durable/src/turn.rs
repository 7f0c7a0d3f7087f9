//! Whose turn it is within this process.
//!
//! The workers of one process wait for one another without a limit: whoever is
//! before them lives, and nobody needs to be told who it is.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

#[derive(Debug)]
struct Queue {
    taken: Vec<(PathBuf, ThreadId)>,
    waiting: usize,
}

static QUEUE: Mutex<Queue> = Mutex::new(Queue {
    taken: Vec::new(),
    waiting: 0,
});
static FREE: Condvar = Condvar::new();

/// The turn of one thread at one lock, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn(PathBuf);

impl Turn {
    /// Waits until no other thread of this process is at the lock. A thread
    /// that is there itself gets no second turn, and does not wait for itself.
    pub(crate) fn take(path: &Path) -> Option<Self> {
        let me = std::thread::current().id();
        let mut queue = queue();
        loop {
            match queue.taken.iter().find(|(taken, _)| taken == path) {
                None => break,
                Some((_, holder)) if *holder == me => return None,
                Some(_) => {
                    queue.waiting += 1;
                    queue = FREE.wait(queue).unwrap_or_else(PoisonError::into_inner);
                    queue.waiting -= 1;
                }
            }
        }
        queue.taken.push((path.to_owned(), me));
        Some(Self(path.to_owned()))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        queue().taken.retain(|(path, _)| *path != self.0);
        FREE.notify_all();
    }
}

fn queue() -> MutexGuard<'static, Queue> {
    QUEUE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threads_of_a_process_wait_for_one_another_and_never_for_themselves() {
        let path = Path::new("/a/lock");
        let first = Turn::take(path).unwrap();
        assert!(Turn::take(path).is_none());
        assert!(Turn::take(Path::new("/another/lock")).is_some());
        let second = std::thread::spawn(move || Turn::take(path).is_some());
        while queue().waiting == 0 {
            std::thread::yield_now();
        }
        assert!(!second.is_finished());
        drop(first);
        assert!(second.join().unwrap());
    }
}
