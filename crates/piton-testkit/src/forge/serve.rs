//! The server: sockets, and what a fault does to a connection.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use jiff::Timestamp;
use serde_json::Value;

use super::fault::Fault;
use super::http::{self, Request, Response, unescape};
use super::shared::{Logged, Shared, hold};
use super::trouble::{After, Met};
use super::world::World;

/// A fake GitHub that listens until it is dropped.
#[derive(Debug)]
pub struct FakeGitHub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl FakeGitHub {
    /// Starts one that holds the repository `acme/widget`.
    pub fn start() -> Self {
        Self::with(|_| {})
    }

    /// Starts one with a world that the test arranges first.
    pub fn with(arrange: impl FnOnce(&mut World)) -> Self {
        let mut world = World::new(Timestamp::now());
        arrange(&mut world);
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            history: Mutex::default(),
            faults: Mutex::default(),
            log: Mutex::default(),
            violations: Mutex::default(),
            now: Mutex::default(),
            remaining: Mutex::new(5000),
            streams: Mutex::default(),
            closing: AtomicBool::new(false),
            at_once: (AtomicUsize::new(0), AtomicUsize::new(0)),
            base: format!("http://{address}"),
        });
        let server = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if server.closing.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                if let Ok(copy) = stream.try_clone() {
                    hold(&server.streams).push(copy);
                }
                let server = Arc::clone(&server);
                thread::spawn(move || server.connection(stream));
            }
        });
        Self { address, shared }
    }

    /// Returns the base address, for `GITHUB_API_URL`.
    pub fn address(&self) -> &str {
        &self.shared.base
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Looks at the world, or changes it.
    pub fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut hold(&self.shared.world))
    }

    pub fn fault(&self, fault: Fault) {
        hold(&self.shared.faults).push(fault);
    }

    pub fn clear_faults(&self) {
        hold(&self.shared.faults).clear();
    }

    /// Fixes the time that the fake tells.
    pub fn set_now(&self, now: Timestamp) {
        *hold(&self.shared.now) = Some(now);
    }

    /// Returns the requests so far.
    pub fn log(&self) -> Vec<Logged> {
        hold(&self.shared.log).clone()
    }

    /// Returns the requests so far as `METHOD path`, and forgets them.
    pub fn take_log(&self) -> Vec<String> {
        let log = std::mem::take(&mut *hold(&self.shared.log));
        log.into_iter()
            .map(|logged| format!("{} {}", logged.method, logged.path))
            .collect()
    }

    /// Returns how many requests were answered at once, at the most.
    pub fn most_at_once(&self) -> usize {
        self.shared.at_once.1.load(Ordering::SeqCst)
    }

    /// Returns what GitHub's description does not have and was asked for.
    pub fn violations(&self) -> Vec<String> {
        hold(&self.shared.violations).clone()
    }
}

impl Drop for FakeGitHub {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        for stream in hold(&self.shared.streams).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn connection(&self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut reader = BufReader::new(stream);
        while let Ok(Some(request)) = http::read(&mut reader) {
            let closes = request
                .headers
                .get("connection")
                .is_some_and(|value| value == "close");
            let now = self.at_once.0.fetch_add(1, Ordering::SeqCst) + 1;
            self.at_once.1.fetch_max(now, Ordering::SeqCst);
            let goes_on = self.one(reader.get_mut(), &request);
            self.at_once.0.fetch_sub(1, Ordering::SeqCst);
            if !goes_on || closes {
                let _ = reader.get_ref().shutdown(Shutdown::Both);
                return;
            }
        }
    }

    /// Answers one request; tells whether the connection goes on.
    fn one(&self, stream: &mut TcpStream, request: &Request) -> bool {
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let path = path.strip_prefix("/api/v3").unwrap_or(path).to_owned();
        let query: BTreeMap<String, String> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (unescape(name), unescape(value))
            })
            .collect();
        let index = {
            let mut log = hold(&self.log);
            log.push(Logged {
                method: request.method.clone(),
                path: path.clone(),
                query: query.clone(),
                body: serde_json::from_slice(&request.body).unwrap_or(Value::Null),
                authorization: request.headers.get("authorization").cloned(),
                if_none_match: request.headers.get("if-none-match").cloned(),
                status: 0,
            });
            log.len() - 1
        };
        let mut back = 0;
        let mut after = None;
        match self.meet(&request.method, &path) {
            None => {}
            Some(Met::Instead(response)) => return self.write(stream, index, &response, false),
            Some(Met::Drop) => return false,
            Some(Met::Slow(length)) => thread::sleep(length),
            Some(Met::Stale(changes)) => back = changes,
            Some(Met::After(then)) => after = Some(then),
        }
        let response = self.answer(request, &path, &query, back);
        match after {
            None => self.write(stream, index, &response, false),
            Some(After::Drop) => false,
            Some(After::Cut) => {
                self.write(stream, index, &response, true);
                false
            }
            Some(After::Slow(length)) => {
                thread::sleep(length);
                self.write(stream, index, &response, false)
            }
            Some(After::Status(status)) => {
                let response = self.plain(status, "Server Error", Vec::new());
                self.write(stream, index, &response, false)
            }
        }
    }

    fn write(&self, stream: &mut TcpStream, index: usize, response: &Response, cut: bool) -> bool {
        if let Some(logged) = hold(&self.log).get_mut(index) {
            logged.status = response.status;
        }
        http::write(stream, response, cut).is_ok()
    }
}
