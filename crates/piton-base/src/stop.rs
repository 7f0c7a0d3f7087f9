//! The wish to stop, raised by a signal, looked at and waited on by whoever works.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A flag that is raised once and stays up. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    requested: AtomicBool,
    /// Held while the flag is raised, so that no waiter misses the bell
    /// between looking at the flag and beginning to wait.
    gate: Mutex<()>,
    bell: Condvar,
}

impl Stop {
    pub fn new() -> Self {
        Self::default()
    }

    /// Raises the flag and wakes everybody who waits on it. It takes a lock: a
    /// thread that receives signals may call it, a signal handler may not.
    pub fn request(&self) {
        let _gate = self.0.gate.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.requested.store(true, Ordering::SeqCst);
        self.0.bell.notify_all();
    }

    pub fn requested(&self) -> bool {
        self.0.requested.load(Ordering::SeqCst)
    }

    /// Waits until the flag is raised, or until the time is over; tells whether
    /// the flag is up.
    pub fn wait(&self, limit: Duration) -> bool {
        let gate = self.0.gate.lock().unwrap_or_else(PoisonError::into_inner);
        let down = |(): &mut ()| !self.requested();
        // Whether it was poisoned does not matter: the lock guards no data.
        drop(self.0.bell.wait_timeout_while(gate, limit, down));
        self.requested()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_woken_at_once() {
        let stop = Stop::new();
        assert!(!stop.wait(Duration::ZERO));
        let other = stop.clone();
        let waiting = std::thread::spawn(move || other.wait(Duration::from_secs(600)));
        stop.request();
        assert!(waiting.join().unwrap() && stop.requested());
        assert!(stop.wait(Duration::from_secs(600)), "it stays up");
    }
}
