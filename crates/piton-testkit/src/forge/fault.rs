//! What goes wrong, and when.

use std::fmt;
use std::time::Duration;

use super::world::World;

/// A fault that meets matching requests.
#[derive(Debug)]
pub struct Fault {
    /// Empty for any.
    pub method: &'static str,
    /// A part of the path; empty for any.
    pub path: String,
    /// How many matching requests pass before it begins.
    pub skip: u32,
    /// How many it meets; `u32::MAX` for all.
    pub times: u32,
    /// It meets every n-th matching request only.
    pub every: u32,
    pub kind: FaultKind,
    pub(super) seen: u32,
}

/// What happens instead.
pub enum FaultKind {
    /// This answer, without anything being done.
    Status(u16, &'static str),
    /// The request is done, and then this is answered.
    StatusAfter(u16),
    /// The connection is closed without anything being done.
    Drop,
    /// The request is done, and then the connection is closed.
    DropAfter,
    /// The request is done, and half of the answer comes.
    Cut,
    /// It takes this long before anything is done.
    Slow(Duration),
    /// The request is done, and the answer takes this long.
    SlowAfter(Duration),
    /// Too many at once: come back after so many seconds.
    Secondary(u32),
    /// The hour's requests are used up: back after so many seconds.
    Primary(u32),
    /// Reads answer as it was so many changes ago.
    Stale(usize),
    /// A page for people, with status 200.
    Html,
    /// Go elsewhere.
    Redirect(u16, String),
    /// Somebody else changes the world first.
    Before(Box<dyn FnMut(&mut World) + Send>),
}

impl fmt::Debug for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultKind")
    }
}

impl Fault {
    /// A fault that meets the first matching request.
    pub fn new(method: &'static str, path: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            method,
            path: path.into(),
            skip: 0,
            times: 1,
            every: 1,
            kind,
            seen: 0,
        }
    }

    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// It meets every n-th matching request, for ever.
    #[must_use]
    pub fn every(mut self, n: u32) -> Self {
        self.every = n;
        self.times = u32::MAX;
        self
    }

    /// Whether it meets this request, which is counted.
    pub(super) fn meets(&mut self, method: &str, path: &str) -> bool {
        if !(self.method.is_empty() || self.method == method) || !path.contains(&self.path) {
            return false;
        }
        self.seen += 1;
        if self.seen <= self.skip || self.times == 0 {
            return false;
        }
        let meets = (self.seen - self.skip).is_multiple_of(self.every);
        if meets && self.times != u32::MAX {
            self.times -= 1;
        }
        meets
    }
}
