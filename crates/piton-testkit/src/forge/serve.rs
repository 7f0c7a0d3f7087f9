//! The server: sockets, faults, pages, tags, limits, the log.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use jiff::Timestamp;
use serde_json::Value;

use super::areas;
use super::fault::Fault;
use super::http::{self, Request, Response, unescape};
use super::operations;
use super::reply::{Body, Call, Refusal, Reply};
use super::signing::permitted;
use super::trouble::{After, Met};
use super::world::World;

/// How many states of the world are kept for stale reads.
const HISTORY: usize = 6;

/// A fake GitHub that listens until it is dropped.
#[derive(Debug)]
pub struct FakeGitHub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) world: Mutex<World>,
    history: Mutex<VecDeque<World>>,
    pub(super) faults: Mutex<Vec<Fault>>,
    log: Mutex<Vec<Logged>>,
    violations: Mutex<Vec<String>>,
    /// The time that the fake tells, where a test fixed it.
    now: Mutex<Option<Timestamp>>,
    remaining: Mutex<u64>,
    streams: Mutex<Vec<TcpStream>>,
    closing: AtomicBool,
    /// How many requests are being answered, and the most there ever were.
    at_once: (AtomicUsize, AtomicUsize),
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
    pub(super) fn now(&self) -> Timestamp {
        hold(&self.now).unwrap_or_else(Timestamp::now)
    }

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

    pub(super) fn remember(&self, world: &World) {
        let mut history = hold(&self.history);
        history.push_back(world.clone());
        if history.len() > HISTORY {
            history.pop_front();
        }
    }

    fn violate(&self, what: String) {
        hold(&self.violations).push(what);
    }

    fn answer(
        &self,
        request: &Request,
        path: &str,
        query: &BTreeMap<String, String>,
        back: usize,
    ) -> Response {
        if let Some(rest) = path.strip_prefix("/raw/") {
            return self.raw(request, rest);
        }
        if let Some(rest) = path.strip_prefix("/site/") {
            return self.published(request, rest);
        }
        let replied = self.done(request, path, query, back);
        let (status, mut headers, body) = match replied {
            Err(refusal) => {
                let body = refusal.body().to_string().into_bytes();
                (refusal.status, refusal.headers, body)
            }
            Ok((reply, links)) => {
                let headers = links
                    .into_iter()
                    .map(|links| ("Link".to_owned(), links))
                    .collect();
                let body = match reply.body {
                    Body::None => Vec::new(),
                    Body::Json(value) => value.to_string().into_bytes(),
                    Body::Raw(bytes) => bytes,
                    Body::List(_, elements) => Value::from(elements).to_string().into_bytes(),
                };
                (reply.status, headers, body)
            }
        };
        let mut response = self.plain(status, "", Vec::new());
        response.headers.append(&mut headers);
        if let Some(expires) = self.rights(request).and_then(|rights| rights.expires) {
            let name = "github-authentication-token-expiration".to_owned();
            response.headers.push((name, expires));
        }
        if request.method == "GET" && status == 200 {
            let mut hasher = DefaultHasher::new();
            (&body, request.headers.get("authorization")).hash(&mut hasher);
            let tag = format!("W/\"{:016x}\"", hasher.finish());
            if request.headers.get("if-none-match") == Some(&tag) {
                response.status = 304;
            }
            response.headers.push(("ETag".to_owned(), tag));
        }
        if response.status != 304 {
            *hold(&self.remaining) -= 1;
        }
        response.body = body;
        response
    }

    fn done(
        &self,
        request: &Request,
        path: &str,
        query: &BTreeMap<String, String>,
        back: usize,
    ) -> Result<(Reply, Option<String>), Refusal> {
        let what = format!("{} {path}", request.method);
        if !request.headers.contains_key("user-agent") {
            return Err(Refusal::new(
                403,
                "Request forbidden by administrative rules.",
            ));
        }
        if request
            .headers
            .get("x-github-api-version")
            .is_some_and(|v| v != "2022-11-28")
        {
            return Err(Refusal::new(400, "The version is not valid."));
        }
        let rights = self.authenticated(request)?;
        let body = if request.body.is_empty() {
            None
        } else {
            let parsed = serde_json::from_slice::<Value>(&request.body);
            Some(parsed.map_err(|_| Refusal::new(400, "Problems parsing JSON"))?)
        };
        let now = self.now();
        let mut world = hold(&self.world);
        if path == "/graphql" || path == "/api/graphql" {
            rights.ok_or_else(|| Refusal::new(401, "Requires authentication"))?;
            let body = body.unwrap_or(Value::Null);
            let answered = areas::graphql(&mut world, &body);
            let reply = answered.inspect_err(|refusal| {
                self.violate(format!("{what}: {}", refusal.message));
            })?;
            return Ok((reply, None));
        }
        let path = self.by_name(&world, path)?;
        let Some((operation, places)) = operations::find(&request.method, &path) else {
            self.violate(format!("{what} is not in GitHub's description"));
            return Err(Refusal::not_found());
        };
        let faults = operation.faults(query, body.as_ref());
        for fault in &faults {
            self.violate(format!("{what}: {fault}"));
        }
        if let Some(fault) = faults
            .iter()
            .find(|fault| fault.starts_with('`') || fault.starts_with("the body is"))
        {
            return Err(Refusal::new(422, format!("Invalid request.\n\n{fault}")));
        }
        permitted(operation, rights.as_ref())?;
        let none = Value::Null;
        let call = Call {
            method: operation.method,
            template: operation.template,
            places,
            query: query.clone(),
            body: body.as_ref().unwrap_or(&none),
            who: rights.map_or_else(String::new, |rights| rights.login),
            accept: request.headers.get("accept").cloned().unwrap_or_default(),
            now,
            base: &self.base,
        };
        let mut reply = if back > 0 && operation.method == "GET" {
            let history = hold(&self.history);
            let at = history.len().saturating_sub(back);
            let mut then = history.get(at).unwrap_or(&world).clone();
            areas::answer(&mut then, &call)?
        } else {
            if operation.method != "GET" {
                self.remember(&world);
            }
            areas::answer(&mut world, &call)?
        };
        let links = self.page(&world, &path, query, &mut reply);
        Ok((reply, links))
    }

    /// A whole file of a gist, which needs no token, and must get none.
    fn raw(&self, request: &Request, path: &str) -> Response {
        if request.headers.contains_key("authorization") {
            self.violate(format!(
                "GET /raw/{path}: a token was sent to another place"
            ));
        }
        let world = hold(&self.world);
        let file = path
            .split_once('/')
            .and_then(|(id, name)| world.gists.get(id)?.files.get(&unescape(name)).cloned());
        match file {
            Some(text) => Response {
                status: 200,
                headers: vec![("Content-Type".to_owned(), "text/plain".to_owned())],
                body: text.into_bytes(),
            },
            None => self.plain(404, "Not Found", Vec::new()),
        }
    }

    /// A page of a site, as the published branch has it.
    fn published(&self, request: &Request, path: &str) -> Response {
        if request.headers.contains_key("authorization") {
            self.violate(format!("GET /site/{path}: a token was sent to a site"));
        }
        let world = hold(&self.world);
        let mut pieces = path.splitn(3, '/');
        let mut piece = || pieces.next().unwrap_or("");
        let name = format!("{}/{}", piece(), piece()).to_lowercase();
        let mut page = piece().to_owned();
        if page.is_empty() || page.ends_with('/') {
            page.push_str("index.html");
        }
        let file = world.repos.get(&name).and_then(|repo| {
            let (branch, folder) = repo.pages.as_ref()?;
            let path = format!("{}/{page}", folder.trim_matches('/'));
            repo.branch_files(branch)
                .remove(path.trim_start_matches('/'))
        });
        match file {
            Some(text) => Response {
                status: 200,
                headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
                body: text.into_bytes(),
            },
            None => self.plain(404, "Not Found", Vec::new()),
        }
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
