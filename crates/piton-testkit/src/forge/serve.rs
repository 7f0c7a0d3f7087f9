//! The server: sockets, faults, pages, tags, limits, the log.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::areas;
use super::fault::{Fault, FaultKind};
use super::http::{self, Request, Response, unescape};
use super::operations::{self, Operation};
use super::reply::{Body, Call, Refusal, Reply};
use super::world::{Right, Rights, World};

/// How many states of the world are kept for stale reads.
const HISTORY: usize = 6;

/// A fake GitHub that listens until it is dropped.
#[derive(Debug)]
pub struct FakeGitHub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    history: Mutex<VecDeque<World>>,
    faults: Mutex<Vec<Fault>>,
    log: Mutex<Vec<Logged>>,
    violations: Mutex<Vec<String>>,
    /// The time that the fake tells, where a test fixed it.
    now: Mutex<Option<Timestamp>>,
    remaining: Mutex<u64>,
    streams: Mutex<Vec<TcpStream>>,
    closing: AtomicBool,
    base: String,
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

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
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
    fn now(&self) -> Timestamp {
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
            if !self.one(reader.get_mut(), &request) || closes {
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

    fn meet(&self, method: &str, path: &str) -> Option<Met> {
        let mut faults = hold(&self.faults);
        let fault = faults
            .iter_mut()
            .find_map(|fault| fault.meets(method, path).then_some(fault))?;
        let wait = |seconds: u32| vec![("Retry-After".to_owned(), seconds.to_string())];
        Some(match &mut fault.kind {
            FaultKind::Status(status, message) => {
                Met::Instead(self.plain(*status, message, Vec::new()))
            }
            FaultKind::StatusAfter(status) => Met::After(After::Status(*status)),
            FaultKind::Drop => Met::Drop,
            FaultKind::DropAfter => Met::After(After::Drop),
            FaultKind::Cut => Met::After(After::Cut),
            FaultKind::Slow(length) => Met::Slow(*length),
            FaultKind::SlowAfter(length) => Met::After(After::Slow(*length)),
            FaultKind::Secondary(seconds) => Met::Instead(self.plain(
                403,
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                wait(*seconds),
            )),
            FaultKind::Primary(seconds) => {
                let reset = self.now().as_second() + i64::from(*seconds);
                Met::Instead(self.plain(
                    403,
                    "API rate limit exceeded for user ID 583231.",
                    vec![
                        ("x-ratelimit-remaining".to_owned(), "0".to_owned()),
                        ("x-ratelimit-reset".to_owned(), reset.to_string()),
                    ],
                ))
            }
            FaultKind::Stale(changes) => Met::Stale(*changes),
            FaultKind::Html => Met::Instead(Response {
                status: 200,
                headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
                body: b"<!DOCTYPE html><title>Unicorn!</title>".to_vec(),
            }),
            FaultKind::Redirect(status, to) => Met::Instead(self.plain(
                *status,
                "Moved",
                vec![("Location".to_owned(), to.clone())],
            )),
            FaultKind::Before(change) => {
                let mut world = hold(&self.world);
                self.remember(&world);
                change(&mut world);
                return None;
            }
        })
    }

    fn remember(&self, world: &World) {
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

    /// GitHub's own links name repositories by number.
    fn by_name(&self, world: &World, path: &str) -> Result<String, Refusal> {
        if let Some(rest) = path.strip_prefix("/repositories/") {
            let (id, rest) = rest
                .split_once('/')
                .map_or((rest, String::new()), |(id, rest)| (id, format!("/{rest}")));
            let repo = world.repos.values().find(|repo| repo.id.to_string() == id);
            let repo = repo.ok_or_else(Refusal::not_found)?;
            return Ok(format!("/repos/{}{rest}", repo.full_name));
        }
        if let Some(rest) = path.strip_prefix("/repos/") {
            let mut pieces = rest.splitn(3, '/');
            let (owner, name) = (pieces.next().unwrap_or(""), pieces.next().unwrap_or(""));
            let former = format!("{owner}/{name}").to_lowercase();
            if let Some(now) = world.renamed.get(&former) {
                let repo = world
                    .repos
                    .get(&now.to_lowercase())
                    .ok_or_else(Refusal::not_found)?;
                let rest = pieces
                    .next()
                    .map_or_else(String::new, |rest| format!("/{rest}"));
                let to = format!("{}/repositories/{}{rest}", self.base, repo.id);
                return Err(Refusal::new(301, "Moved Permanently").with_header("Location", to));
            }
        }
        Ok(path.to_owned())
    }

    /// Cuts the page out of a listing, and says where the others are.
    fn page(
        &self,
        world: &World,
        path: &str,
        query: &BTreeMap<String, String>,
        reply: &mut Reply,
    ) -> Option<String> {
        let Body::List(name, elements) = &mut reply.body else {
            return None;
        };
        let most = if path.ends_with("/actions/variables") {
            30
        } else {
            100
        };
        let number = |name: &str, default: usize| {
            query
                .get(name)
                .and_then(|text| text.parse().ok())
                .unwrap_or(default)
        };
        let per = number("per_page", most.min(30)).clamp(1, most);
        let page = number("page", 1).max(1);
        let total = elements.len();
        let last = total.div_ceil(per).max(1);
        let cut: Vec<Value> = elements
            .drain(..)
            .skip((page - 1) * per)
            .take(per)
            .collect();
        let mut pieces = path.splitn(5, '/');
        let address = match (pieces.nth(1), pieces.next(), pieces.next(), pieces.next()) {
            (Some("repos"), Some(owner), Some(name), Some(rest)) => {
                let repo = world.repos.get(&format!("{owner}/{name}").to_lowercase());
                repo.map_or_else(
                    || path.to_owned(),
                    |repo| format!("/repositories/{}/{rest}", repo.id),
                )
            }
            _ => path.to_owned(),
        };
        reply.body = Body::Json(match name {
            None => Value::from(cut),
            Some(name) => json!({"total_count": total, (*name): cut}),
        });
        let link = |page: usize, relation: &str| {
            let mut query = query.clone();
            query.insert("page".to_owned(), page.to_string());
            let query: Vec<String> = query
                .iter()
                .map(|(name, value)| format!("{name}={}", escape(value)))
                .collect();
            format!(
                "<{}{address}?{}>; rel=\"{relation}\"",
                self.base,
                query.join("&")
            )
        };
        let mut links = Vec::new();
        if page > 1 {
            links.push(link(page - 1, "prev"));
        }
        if page < last {
            links.push(link(page + 1, "next"));
            links.push(link(last, "last"));
        }
        (!links.is_empty()).then(|| links.join(", "))
    }

    fn rights(&self, request: &Request) -> Option<Rights> {
        self.authenticated(request).ok().flatten()
    }

    fn authenticated(&self, request: &Request) -> Result<Option<Rights>, Refusal> {
        let Some(header) = request.headers.get("authorization") else {
            return Ok(None);
        };
        let token = header.split_once(' ').map_or("", |(_, token)| token);
        let world = hold(&self.world);
        if let Some(rights) = world.tokens.get(token) {
            return Ok(Some(rights.clone()));
        }
        if token.is_empty() || token.starts_with("bad") {
            return Err(Refusal::new(401, "Bad credentials"));
        }
        Ok(Some(Rights {
            login: world.login.clone(),
            ..Rights::default()
        }))
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

    /// An answer with the headers that every answer has.
    fn plain(&self, status: u16, message: &str, more: Vec<(String, String)>) -> Response {
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

/// What a fault does to a request that it meets.
enum Met {
    Instead(Response),
    Drop,
    Slow(Duration),
    Stale(usize),
    After(After),
}

enum After {
    Drop,
    Cut,
    Slow(Duration),
    Status(u16),
}

fn permitted(operation: &Operation, rights: Option<&Rights>) -> Result<(), Refusal> {
    let Some(rights) = rights else {
        return if operation.private() {
            Err(Refusal::new(401, "Requires authentication"))
        } else {
            Ok(())
        };
    };
    let (Some(have), Some((family, write))) = (&rights.permissions, operation.needs()) else {
        return Ok(());
    };
    let enough = match have.get(family) {
        Some(Right::Write) => true,
        Some(Right::Read) => !write,
        None => false,
    };
    if enough {
        return Ok(());
    }
    let kind = if rights.bot {
        "integration"
    } else {
        "personal access token"
    };
    let needed = format!("{family}={}", if write { "write" } else { "read" });
    Err(
        Refusal::new(403, format!("Resource not accessible by {kind}"))
            .with_header("X-Accepted-GitHub-Permissions", needed),
    )
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
