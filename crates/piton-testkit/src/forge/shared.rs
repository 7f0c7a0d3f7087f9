//! What the threads of the server share: the world, its history, the log.

use std::collections::{BTreeMap, VecDeque};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use super::fault::Fault;
use super::http::Response;
use super::reply::Refusal;
use super::world::World;

/// How many states of the world are kept for stale reads.
const HISTORY: usize = 6;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) world: Mutex<World>,
    pub(super) history: Mutex<VecDeque<World>>,
    pub(super) faults: Mutex<Vec<Fault>>,
    pub(super) log: Mutex<Vec<Logged>>,
    pub(super) violations: Mutex<Vec<String>>,
    /// The time that the fake tells, where a test fixed it.
    pub(super) now: Mutex<Option<Timestamp>>,
    pub(super) remaining: Mutex<u64>,
    pub(super) streams: Mutex<Vec<TcpStream>>,
    pub(super) closing: AtomicBool,
    /// How many requests are being answered, and the most there ever were.
    pub(super) at_once: (AtomicUsize, AtomicUsize),
    pub(super) base: String,
}

/// One request that came, and what was answered.
#[derive(Clone, Debug)]
pub struct Logged {
    pub method: String,
    pub path: String,
    pub query: BTreeMap<String, String>,
    pub body: Value,
    /// The whole header that signs in, if there was one.
    pub authorization: Option<String>,
    pub if_none_match: Option<String>,
    /// 0 where no answer was sent.
    pub status: u16,
}

pub(super) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn now(&self) -> Timestamp {
        hold(&self.now).unwrap_or_else(Timestamp::now)
    }

    pub(super) fn remember(&self, world: &World) {
        let mut history = hold(&self.history);
        history.push_back(world.clone());
        if history.len() > HISTORY {
            history.pop_front();
        }
    }

    pub(super) fn violate(&self, what: String) {
        hold(&self.violations).push(what);
    }

    /// An answer with the headers that every answer has.
    pub(super) fn plain(
        &self,
        status: u16,
        message: &str,
        more: Vec<(String, String)>,
    ) -> Response {
        let date = self.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let mut headers = vec![
            (
                "Content-Type".to_owned(),
                "application/json; charset=utf-8".to_owned(),
            ),
            ("Date".to_owned(), date),
            ("X-RateLimit-Limit".to_owned(), "5000".to_owned()),
        ];
        if !more.iter().any(|(name, _)| name == "x-ratelimit-remaining") {
            let remaining = hold(&self.remaining).to_string();
            headers.push(("x-ratelimit-remaining".to_owned(), remaining));
            let reset = self.now().as_second() + 3600;
            headers.push(("X-RateLimit-Reset".to_owned(), reset.to_string()));
        }
        headers.extend(more);
        Response {
            status,
            headers,
            body: Refusal::new(status, message)
                .body()
                .to_string()
                .into_bytes(),
        }
    }
}
