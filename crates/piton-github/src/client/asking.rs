//! The forge that is GitHub.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use ureq::Agent;

use super::base::{Base, Origin};
use super::cache::{Cache, Kept};
use super::judge::{self, Verdict};
use super::patience::Patience;
use super::token::Token;
use super::wire::{self, Asked, Came};
use super::{links, message};
use crate::error::{ForgeError, LimitKind, Trouble};
use crate::forge::{Answer, Forge, ForgeRead};
use crate::graphql::GraphQuery;
use crate::request::{Accept, Change, Get, Repeat};

/// How often one request is sent in all.
const ATTEMPTS: u32 = 4;
/// The longest wait that is waited; a longer one is told.
const SHORT: Duration = Duration::from_secs(15);
/// How far redirects are followed.
const HOPS: u32 = 5;
/// How long a page that is only glanced at may take.
const GLANCE: Duration = Duration::from_secs(5);
/// The first pause between attempts; each later one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);

/// Talks to GitHub.
pub struct Client {
    base: Base,
    token: Option<Token>,
    agent: Agent,
    cache: Cache,
    patience: Arc<dyn Patience>,
    now: fn() -> Timestamp,
    heard: Mutex<Option<Timestamp>>,
    telling: Option<Telling>,
}

/// Is told of every request as it was answered.
pub type Telling = Arc<dyn Fn(&Sent<'_>) + Send + Sync>;

/// One request that was sent: the address never holds a token.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    pub method: &'a str,
    pub address: &'a str,
    /// `None` where no answer came.
    pub status: Option<u16>,
}

/// What a client is made of.
#[derive(Debug)]
pub struct ClientOptions {
    pub base: Base,
    pub token: Option<Token>,
    pub patience: Arc<dyn Patience>,
    /// How long one request may take from the first byte to the last.
    pub limit: Duration,
    /// Tells the time of day.
    pub now: fn() -> Timestamp,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

/// One request with everything that stays the same over its attempts.
struct Request<'a> {
    what: String,
    method: &'static str,
    accept: &'static str,
    wants_json: bool,
    body: Option<&'a [u8]>,
    /// `None` for what reads.
    repeat: Option<Repeat>,
    tag: Option<&'a str>,
    signed: bool,
    /// Whether one attempt, and a short one, is enough.
    once: bool,
}

impl Request<'_> {
    fn changes(&self) -> bool {
        self.repeat.is_some()
    }

    /// Whether it may be sent again although it may have been done.
    fn repeats(&self) -> bool {
        match self.repeat {
            None | Some(Repeat::Freely) => true,
            Some(Repeat::Never) => false,
        }
    }
}

impl Client {
    pub fn new(options: ClientOptions) -> Self {
        Self {
            agent: wire::agent(&options.base, options.limit),
            base: options.base,
            token: options.token,
            cache: Cache::default(),
            patience: options.patience,
            now: options.now,
            heard: Mutex::new(None),
            telling: None,
        }
    }

    /// Returns it so that it tells of every request.
    #[must_use]
    pub fn telling(mut self, telling: Telling) -> Self {
        self.telling = Some(telling);
        self
    }

    /// Returns one like it that signs in with another token.
    #[must_use]
    pub fn signed_in_with(&self, token: Token) -> Self {
        Self {
            base: self.base.clone(),
            token: Some(token),
            agent: self.agent.clone(),
            cache: Cache::default(),
            patience: Arc::clone(&self.patience),
            now: self.now,
            heard: Mutex::new(None),
            telling: self.telling.clone(),
        }
    }

    pub fn base(&self) -> &Base {
        &self.base
    }

    /// Whether there is a token to sign in with.
    pub fn signs_in(&self) -> bool {
        self.token.is_some()
    }

    /// Sends a request until there is an answer that stands.
    fn ask(&self, request: &Request<'_>, address: String) -> Result<Came, ForgeError> {
        let mut address = address;
        let mut signed = request.signed;
        let (mut attempt, mut hops, mut waited) = (0, 0, Duration::ZERO);
        loop {
            let asked = Asked {
                method: request.method,
                address: &address,
                accept: request.accept,
                body: request.body,
                tag: request.tag,
                token: self.token.as_ref().filter(|_| signed),
                limit: request.once.then_some(GLANCE),
            };
            attempt += 1;
            let answered = wire::ask(&self.agent, asked);
            if let Some(telling) = &self.telling {
                telling(&Sent {
                    method: request.method,
                    address: &address,
                    status: answered.as_ref().ok().map(|came| came.status),
                });
            }
            let (error, pause) = match answered {
                Err(lost) => {
                    let error = ForgeError::Transport {
                        what: request.what.clone(),
                        trouble: self.cleaned(lost.trouble),
                        unsure: lost.sent && request.changes(),
                    };
                    if lost.sent && !request.repeats() {
                        return Err(error);
                    }
                    (error, None)
                }
                Ok(came) => {
                    self.hear(judge::date(&came));
                    let verdict = judge::judge(
                        &request.what,
                        &came,
                        request.wants_json,
                        request.changes(),
                        self.token.as_ref(),
                        (self.now)(),
                    );
                    match verdict {
                        Verdict::Success | Verdict::Unchanged => return Ok(came),
                        Verdict::Final(error) => return Err(error),
                        Verdict::Failed(error) if !request.repeats() => return Err(error),
                        Verdict::Failed(error) => (error, None),
                        Verdict::Wait { length, error } => {
                            waited += length;
                            if length > SHORT || waited > SHORT * 2 {
                                return Err(error);
                            }
                            (error, Some(length))
                        }
                        Verdict::Redirect(to) => {
                            hops += 1;
                            attempt -= 1;
                            (address, signed) =
                                self.follow(request, &address, &to, hops, signed)?;
                            continue;
                        }
                    }
                }
            };
            if attempt >= ATTEMPTS || request.once {
                return Err(error);
            }
            let jitter = 0.5 + self.patience.chance();
            let pause = match pause {
                Some(told) => told + (PAUSE * 2).mul_f64(jitter),
                None => (PAUSE * 2_u32.pow(attempt - 1)).mul_f64(jitter),
            };
            if self.patience.wait(pause) {
                return Err(ForgeError::Stopped {
                    what: request.what.clone(),
                });
            }
        }
    }

    /// Where a redirect leads, and whether the token goes along: never to
    /// another host. What changes something goes to no other host at all.
    fn follow(
        &self,
        request: &Request<'_>,
        from: &str,
        to: &str,
        hops: u32,
        signed: bool,
    ) -> Result<(String, bool), ForgeError> {
        let garbled = |why: String| ForgeError::Garbled {
            what: request.what.clone(),
            why: message::clean(&why, self.token.as_ref()),
            unsure: false,
        };
        if hops > HOPS {
            return Err(garbled(
                "it goes from one place to the next without end".to_owned(),
            ));
        }
        let here = Origin::of(from).map(|(origin, _)| origin);
        let here = here.ok_or_else(|| garbled("it came from nowhere".to_owned()))?;
        let whole = if to.starts_with('/') && !to.starts_with("//") {
            format!("{}{to}", here.address())
        } else {
            to.to_owned()
        };
        let (there, _) = Origin::of(&whole).ok_or_else(|| garbled(format!("no address: {to}")))?;
        if there == here {
            return Ok((whole, signed));
        }
        if request.changes() || request.body.is_some() || !self.base.allows(&there) {
            return Err(garbled(format!(
                "it leads to another host: {}",
                there.address()
            )));
        }
        Ok((whole, false))
    }

    fn hear(&self, date: Option<Timestamp>) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        *heard = (*heard).max(date);
    }

    fn cleaned(&self, trouble: Trouble) -> Trouble {
        match trouble {
            Trouble::Broken(why) => Trouble::Broken(message::clean(&why, self.token.as_ref())),
            other => other,
        }
    }

    fn answer(
        &self,
        what: String,
        accept: Accept,
        came: &Came,
        body: Vec<u8>,
        link: Option<&str>,
        changed: bool,
    ) -> Result<Answer, ForgeError> {
        let next = match link.and_then(links::next) {
            None => None,
            Some(address) => match self.base.target_of(address) {
                Some(target) => Some(Get::from_target(&target, accept)),
                None => {
                    return Err(ForgeError::Garbled {
                        what,
                        why: "the next page is on another host".to_owned(),
                        unsure: changed,
                    });
                }
            },
        };
        Ok(Answer {
            what,
            status: came.status,
            body,
            next,
            date: judge::date(came),
            token_expires: came
                .header("github-authentication-token-expiration")
                .and_then(expiry),
            scopes: came.header("x-oauth-scopes").map(str::to_owned),
            changed,
        })
    }

    /// Asks for what everybody may see, wherever it lies.
    fn public(&self, address: &str, once: bool) -> Result<Vec<u8>, ForgeError> {
        let what = format!("GET {}", message::clean(address, self.token.as_ref()));
        let allowed = Origin::of(address).is_some_and(|(origin, _)| self.base.allows(&origin));
        if !allowed {
            return Err(ForgeError::Garbled {
                what,
                why: "the address is not one to fetch from".to_owned(),
                unsure: false,
            });
        }
        let request = Request {
            what,
            method: "GET",
            accept: "*/*",
            wants_json: false,
            body: None,
            repeat: None,
            tag: None,
            signed: false,
            once,
        };
        Ok(self.ask(&request, address.to_owned())?.body)
    }

    fn graph(&self, query: &GraphQuery, repeat: Option<Repeat>) -> Result<Value, ForgeError> {
        let body = json!({"query": query.text, "variables": query.variables});
        let body = body.to_string().into_bytes();
        let request = Request {
            what: query.what.clone(),
            method: "POST",
            accept: Accept::Json.media_type(),
            wants_json: true,
            body: Some(&body),
            repeat,
            tag: None,
            signed: true,
            once: false,
        };
        let came = self.ask(&request, self.base.graphql().to_owned())?;
        let unsure = repeat.is_some();
        let garbled = |why: String| ForgeError::Garbled {
            what: query.what.clone(),
            why,
            unsure,
        };
        let mut value: Value =
            serde_json::from_slice(&came.body).map_err(|error| garbled(error.to_string()))?;
        match value["errors"].as_array().and_then(|errors| errors.first()) {
            None => match value["data"].take() {
                Value::Null => Err(garbled("it has no data".to_owned())),
                data => Ok(data),
            },
            Some(error) => Err(self.graph_error(&query.what, error)),
        }
    }

    fn graph_error(&self, what: &str, error: &Value) -> ForgeError {
        let what = what.to_owned();
        let message = message::clean(
            error["message"].as_str().unwrap_or("no message"),
            self.token.as_ref(),
        );
        match error["type"].as_str() {
            Some("NOT_FOUND") => ForgeError::NotFound { what, message },
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => ForgeError::NoPermission {
                what,
                needs: None,
                message,
            },
            Some("RATE_LIMITED") => ForgeError::Limited {
                what,
                kind: LimitKind::Primary,
                until: (self.now)()
                    .checked_add(Duration::from_secs(3600))
                    .unwrap_or(Timestamp::MAX),
                message,
            },
            _ => ForgeError::Refused {
                what,
                status: 200,
                message,
            },
        }
    }
}

impl ForgeRead for Client {
    fn get(&self, get: &Get) -> Result<Answer, ForgeError> {
        let target = get.target();
        let key = format!("{} {target}", get.accept.media_type());
        let kept = self.cache.get(&key);
        let request = Request {
            what: format!("GET {target}"),
            method: "GET",
            accept: get.accept.media_type(),
            wants_json: get.accept != Accept::Raw,
            body: None,
            repeat: None,
            tag: kept.as_ref().map(|kept| kept.tag.as_str()),
            signed: true,
            once: false,
        };
        let mut came = self.ask(&request, self.base.rest(&target))?;
        let what = request.what.clone();
        if came.status == 304 {
            let Some(kept) = kept else {
                return Err(ForgeError::Garbled {
                    what,
                    why: "it is as it never was".to_owned(),
                    unsure: false,
                });
            };
            return self.answer(
                what,
                get.accept,
                &came,
                kept.body,
                kept.link.as_deref(),
                false,
            );
        }
        let body = std::mem::take(&mut came.body);
        let link = came.header("link").map(str::to_owned);
        if let Some(tag) = came.header("etag") {
            self.cache.keep(
                &key,
                Kept {
                    tag: tag.to_owned(),
                    body: body.clone(),
                    link: link.clone(),
                },
            );
        }
        self.answer(what, get.accept, &came, body, link.as_deref(), false)
    }

    fn query(&self, query: &GraphQuery) -> Result<Value, ForgeError> {
        self.graph(query, None)
    }

    fn fetch(&self, address: &str) -> Result<Vec<u8>, ForgeError> {
        self.public(address, false)
    }

    fn glance(&self, address: &str) -> Result<Vec<u8>, ForgeError> {
        self.public(address, true)
    }

    fn heard(&self) -> Option<Timestamp> {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Forge for Client {
    fn send(&self, change: &Change) -> Result<Answer, ForgeError> {
        let body = change
            .body
            .as_ref()
            .map(|body| body.to_string().into_bytes());
        let request = Request {
            what: format!("{} {}", change.method.word(), change.target()),
            method: change.method.word(),
            accept: Accept::Json.media_type(),
            wants_json: true,
            body: body.as_deref(),
            repeat: Some(change.repeat),
            tag: None,
            signed: true,
            once: false,
        };
        let mut came = self.ask(&request, self.base.rest(change.target()))?;
        let body = std::mem::take(&mut came.body);
        self.answer(request.what, Accept::Json, &came, body, None, true)
    }

    fn mutate(&self, mutation: &GraphQuery) -> Result<Value, ForgeError> {
        self.graph(mutation, Some(Repeat::Never))
    }
}

/// GitHub writes `2026-12-25 10:00:00 UTC` or `… +0000`.
fn expiry(text: &str) -> Option<Timestamp> {
    let text = text.trim().replace("UTC", "+0000");
    jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S %z", &text)
        .ok()?
        .to_timestamp()
        .ok()
}
