//! Sending a request until there is an answer that stands.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ureq::Agent;

use super::base::{Base, Origin};
use super::judge::{self, Verdict};
use super::message;
use super::patience::Patience;
use super::token::Token;
use super::wire::{self, Asked, Came, Lost};
use crate::error::{ForgeError, Trouble};
use crate::request::{Accept, Repeat};

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

/// Sends requests to GitHub, and knows all that each of them needs.
pub(super) struct Sender {
    pub(super) base: Base,
    pub(super) token: Option<Token>,
    pub(super) agent: Agent,
    pub(super) patience: Arc<dyn Patience>,
    pub(super) now: fn() -> Timestamp,
    pub(super) heard: Mutex<Option<Timestamp>>,
    pub(super) telling: Option<Telling>,
}

/// Is told of every request as it was answered.
pub(crate) type Telling = Arc<dyn Fn(&Sent<'_>) + Send + Sync>;

/// One request that was sent: the address never holds a token.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    pub method: &'a str,
    pub address: &'a str,
    /// `None` where no answer came.
    pub status: Option<u16>,
}

/// One request with everything that stays the same over its attempts.
pub(super) struct Request<'a> {
    pub(super) what: String,
    pub(super) method: &'static str,
    pub(super) accept: &'static str,
    pub(super) wants_json: bool,
    pub(super) body: Option<&'a [u8]>,
    /// `None` for what reads.
    pub(super) repeat: Option<Repeat>,
    pub(super) tag: Option<&'a str>,
    pub(super) signed: bool,
    /// Whether one attempt, and a short one, is enough.
    pub(super) once: bool,
}

impl<'a> Request<'a> {
    /// One that reads, signed in.
    pub(super) fn get(what: String, accept: Accept) -> Self {
        Self {
            what,
            method: "GET",
            accept: accept.media_type(),
            wants_json: accept != Accept::Raw,
            body: None,
            repeat: None,
            tag: None,
            signed: true,
            once: false,
        }
    }

    /// One that reads what everybody may see.
    pub(super) fn public(what: String, once: bool) -> Self {
        Self {
            accept: "*/*",
            wants_json: false,
            signed: false,
            once,
            ..Self::get(what, Accept::Json)
        }
    }

    /// One with a body; `repeat` where it changes something.
    pub(super) fn with_body(
        what: String,
        method: &'static str,
        body: Option<&'a [u8]>,
        repeat: Option<Repeat>,
    ) -> Self {
        Self {
            method,
            body,
            repeat,
            ..Self::get(what, Accept::Json)
        }
    }

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

/// What is to be done after a request was sent.
enum Step {
    /// Nothing: this stands.
    Came(Came),
    Again(ForgeError),
    Wait {
        length: Duration,
        error: ForgeError,
    },
    Redirect(String),
}

impl Sender {
    /// Returns one like it that signs in with another token.
    pub(super) fn signed_in_with(&self, token: Token) -> Self {
        Self {
            base: self.base.clone(),
            token: Some(token),
            agent: self.agent.clone(),
            patience: Arc::clone(&self.patience),
            now: self.now,
            heard: Mutex::new(None),
            telling: self.telling.clone(),
        }
    }

    /// Returns the moment that the newest answer bore.
    pub(super) fn heard(&self) -> Option<Timestamp> {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a request until there is an answer that stands.
    pub(super) fn ask(&self, request: &Request<'_>, address: String) -> Result<Came, ForgeError> {
        let mut address = address;
        let mut signed = request.signed;
        let (mut attempt, mut hops, mut waited) = (0, 0, Duration::ZERO);
        loop {
            attempt += 1;
            let (error, pause) = match self.once(request, &address, signed)? {
                Step::Came(came) => return Ok(came),
                Step::Again(error) => (error, None),
                Step::Wait { length, error } => {
                    waited += length;
                    if length > SHORT || waited > SHORT * 2 {
                        return Err(error);
                    }
                    (error, Some(length))
                }
                Step::Redirect(to) => {
                    hops += 1;
                    attempt -= 1;
                    (address, signed) = self.follow(request, &address, &to, hops, signed)?;
                    continue;
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

    /// Sends a request once, and says what is to be done about what came. What
    /// may have been done is not done again where that would show.
    fn once(&self, request: &Request<'_>, address: &str, signed: bool) -> Result<Step, ForgeError> {
        let came = match self.send(request, address, signed) {
            Ok(came) => came,
            Err(lost) => {
                let error = ForgeError::Transport {
                    what: request.what.clone(),
                    trouble: self.cleaned(lost.trouble),
                    unsure: lost.sent && request.changes(),
                };
                return if lost.sent && !request.repeats() {
                    Err(error)
                } else {
                    Ok(Step::Again(error))
                };
            }
        };
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
            Verdict::Success | Verdict::Unchanged => Ok(Step::Came(came)),
            Verdict::Failed(error) if request.repeats() => Ok(Step::Again(error)),
            Verdict::Failed(error) | Verdict::Final(error) => Err(error),
            Verdict::Wait { length, error } => Ok(Step::Wait { length, error }),
            Verdict::Redirect(to) => Ok(Step::Redirect(to)),
        }
    }

    /// Sends a request once, and tells of it.
    fn send(&self, request: &Request<'_>, address: &str, signed: bool) -> Result<Came, Lost> {
        let answered = wire::ask(
            &self.agent,
            Asked {
                method: request.method,
                address,
                accept: request.accept,
                body: request.body,
                tag: request.tag,
                token: self.token.as_ref().filter(|_| signed),
                limit: request.once.then_some(GLANCE),
            },
        );
        if let Some(telling) = &self.telling {
            telling(&Sent {
                method: request.method,
                address,
                status: answered.as_ref().ok().map(|came| came.status),
            });
        }
        answered
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
        let garbled = |why: &str| ForgeError::garbled(&*request.what, self.clean(why), false);
        if hops > HOPS {
            return Err(garbled("too many redirects"));
        }
        let here = Origin::of(from).map(|(origin, _)| origin);
        let here = here.ok_or_else(|| garbled("the address before the redirect has no host"))?;
        let whole = if to.starts_with('/') && !to.starts_with("//") {
            format!("{}{to}", here.address())
        } else {
            to.to_owned()
        };
        let (there, _) = Origin::of(&whole).ok_or_else(|| garbled(&format!("no address: {to}")))?;
        if there == here {
            return Ok((whole, signed));
        }
        if request.changes() || request.body.is_some() || !self.base.allows(&there) {
            let there = there.address();
            return Err(garbled(&format!("it leads to another host: {there}")));
        }
        Ok((whole, false))
    }

    fn hear(&self, date: Option<Timestamp>) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        *heard = (*heard).max(date);
    }

    fn cleaned(&self, trouble: Trouble) -> Trouble {
        match trouble {
            Trouble::Broken(why) => Trouble::Broken(self.clean(&why)),
            other => other,
        }
    }

    /// Takes the token out of a message.
    pub(super) fn clean(&self, message: &str) -> String {
        message::clean(message, self.token.as_ref())
    }
}
