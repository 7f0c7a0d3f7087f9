//! One request and its answer, on the wire.

use std::io;
use std::time::Duration;

use ureq::http::{HeaderMap, Request};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::{Connector as _, DefaultConnector};
use ureq::{Agent, Error, Timeout};

use super::base::Base;
use super::names::Names;
use super::together::Together;
use super::token::Token;
use crate::error::Trouble;

/// No answer of GitHub's is larger; what is, is no answer of GitHub's.
const LARGEST: u64 = 64 << 20;

/// How much is read and written at once. Both are cleared for each connection,
/// and most answers are far smaller.
const BUFFER: usize = 32 << 10;

#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) method: &'static str,
    pub(super) address: &'a str,
    pub(super) accept: &'static str,
    pub(super) body: Option<&'a [u8]>,
    pub(super) tag: Option<&'a str>,
    pub(super) token: Option<&'a Token>,
    /// How long it may take, where that is less than the usual.
    pub(super) limit: Option<Duration>,
}

/// What came, whatever it says.
#[derive(Debug)]
pub(super) struct Came {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Came {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why nothing came.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) trouble: Trouble,
    /// Whether the server may have got the request.
    pub(super) sent: bool,
}

pub(super) fn agent(base: &Base, limit: Duration) -> Agent {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        // The caller follows redirects: it decides where the token goes.
        .max_redirects(0)
        .timeout_global(Some(limit))
        .timeout_connect(Some(limit / 2))
        .input_buffer_size(BUFFER)
        .output_buffer_size(BUFFER)
        .user_agent(concat!("piton/", env!("CARGO_PKG_VERSION")))
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .build(),
        );
    if base.loopback() {
        // A token for this machine does not go round by a proxy in the clear.
        config = config.proxy(None);
    }
    Agent::with_parts(
        config.build(),
        DefaultConnector::default().chain(Together),
        Names::default(),
    )
}

pub(super) fn ask(agent: &Agent, asked: Asked<'_>) -> Result<Came, Lost> {
    let mut request = Request::builder()
        .method(asked.method)
        .uri(asked.address)
        .header("Accept", asked.accept)
        .header("X-GitHub-Api-Version", "2022-11-28");
    if let Some(token) = asked.token {
        request = request.header("Authorization", format!("Bearer {}", token.reveal()));
    }
    if let Some(tag) = asked.tag {
        request = request.header("If-None-Match", tag);
    }
    let answer = match asked.body {
        Some(body) => request
            .header("Content-Type", "application/json")
            .body(body)
            .map_err(Error::Http)
            .and_then(|request| agent.run(request)),
        None => request.body(()).map_err(Error::Http).and_then(|request| {
            let request = match asked.limit {
                None => request,
                Some(limit) => agent
                    .configure_request(request)
                    .timeout_global(Some(limit))
                    .build(),
            };
            agent.run(request)
        }),
    };
    let mut answer = answer.map_err(|error| lost(&error))?;
    let body = answer
        .body_mut()
        .with_config()
        .limit(LARGEST)
        .read_to_vec()
        .map_err(|error| Lost {
            sent: true,
            ..lost(&error)
        })?;
    Ok(Came {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        body,
    })
}

fn lost(error: &Error) -> Lost {
    let (trouble, sent) = match error {
        Error::HostNotFound => (Trouble::NoHost, false),
        Error::ConnectionFailed => (Trouble::Refused, false),
        Error::Timeout(when) => {
            let before = matches!(when, Timeout::Resolve | Timeout::Connect);
            (Trouble::Timeout, !before)
        }
        Error::Io(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => (Trouble::Refused, false),
            io::ErrorKind::TimedOut => (Trouble::Timeout, true),
            _ => (Trouble::Broken(error.to_string()), true),
        },
        Error::Tls(why) => (Trouble::Tls((*why).to_owned()), false),
        Error::Rustls(error) => (Trouble::Tls(error.to_string()), false),
        Error::Http(_) | Error::BadUri(_) => (Trouble::Broken(error.to_string()), false),
        other => (Trouble::Broken(other.to_string()), true),
    };
    Lost { trouble, sent }
}
