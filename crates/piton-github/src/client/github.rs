//! The forge that is GitHub.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::base::{Base, Origin};
use super::cache::{Cache, Kept};
use super::patience::Patience;
use super::sender::{Request, Sender, Telling};
use super::token::Token;
use super::wire::{self, Came};
use super::{graph, links};
use crate::error::ForgeError;
use crate::forge::{Answer, Forge, ForgeRead};
use crate::graphql::GraphQuery;
use crate::request::{Accept, Change, Get, Repeat};

/// Talks to GitHub.
pub struct Client {
    sender: Sender,
    cache: Cache,
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
            .field("base", &self.sender.base)
            .field("token", &self.sender.token)
            .finish_non_exhaustive()
    }
}

impl Client {
    pub fn new(options: ClientOptions) -> Self {
        let sender = Sender {
            agent: wire::agent(&options.base, options.limit),
            base: options.base,
            token: options.token,
            patience: options.patience,
            now: options.now,
            heard: Mutex::new(None),
            telling: None,
        };
        Self {
            sender,
            cache: Cache::default(),
        }
    }

    /// Returns it so that it tells of every request.
    #[must_use]
    pub fn telling(mut self, telling: Telling) -> Self {
        self.sender.telling = Some(telling);
        self
    }

    /// Returns one like it that signs in with another token.
    #[must_use]
    pub fn signed_in_with(&self, token: Token) -> Self {
        Self {
            sender: self.sender.signed_in_with(token),
            cache: Cache::default(),
        }
    }

    pub fn base(&self) -> &Base {
        &self.sender.base
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
            Some(address) => {
                let target = self.sender.base.target_of(address).ok_or_else(|| {
                    ForgeError::garbled(&*what, "the next page is on another host", changed)
                })?;
                Some(Get::from_target(target, accept))
            }
        };
        Ok(Answer {
            what,
            status: came.status,
            body,
            next,
            token_expires: came
                .header("github-authentication-token-expiration")
                .and_then(expiry),
            changed,
        })
    }

    /// Asks for what everybody may see, wherever it is.
    fn public(&self, address: &str, once: bool) -> Result<Vec<u8>, ForgeError> {
        let what = format!("GET {}", self.sender.clean(address));
        let allowed =
            Origin::of(address).is_some_and(|(origin, _)| self.sender.base.allows(&origin));
        if !allowed {
            let why = "the address is not one to fetch from";
            return Err(ForgeError::garbled(what, why, false));
        }
        let request = Request::public(what, once);
        Ok(self.sender.ask(&request, address.to_owned())?.body)
    }
}

impl ForgeRead for Client {
    fn get(&self, get: &Get) -> Result<Answer, ForgeError> {
        let target = get.target();
        let key = format!("{} {target}", get.accept.media_type());
        let kept = self.cache.get(&key);
        let request = Request {
            tag: kept.as_ref().map(|kept| kept.tag.as_str()),
            ..Request::get(format!("GET {target}"), get.accept)
        };
        let mut came = self.sender.ask(&request, self.sender.base.rest(&target))?;
        let what = request.what.clone();
        if came.status == 304 {
            let Some(kept) = kept else {
                return Err(ForgeError::garbled(
                    what,
                    "it says unchanged, and nothing was read \
                     before",
                    false,
                ));
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
        graph::ask(&self.sender, query, None)
    }

    fn fetch(&self, address: &str) -> Result<Vec<u8>, ForgeError> {
        self.public(address, false)
    }

    fn glance(&self, address: &str) -> Result<Vec<u8>, ForgeError> {
        self.public(address, true)
    }

    fn heard(&self) -> Option<Timestamp> {
        self.sender.heard()
    }
}

impl Forge for Client {
    fn send(&self, change: &Change) -> Result<Answer, ForgeError> {
        let body = change
            .body
            .as_ref()
            .map(|body| body.to_string().into_bytes());
        let method = change.method.as_str();
        let what = format!("{method} {}", change.target());
        let request = Request::with_body(what, method, body.as_deref(), Some(change.repeat));
        let mut came = self
            .sender
            .ask(&request, self.sender.base.rest(change.target()))?;
        let body = std::mem::take(&mut came.body);
        self.answer(request.what, Accept::Json, &came, body, None, true)
    }

    fn mutate(&self, mutation: &GraphQuery) -> Result<Value, ForgeError> {
        graph::ask(&self.sender, mutation, Some(Repeat::Never))
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
