//! What the tests share: a client that waits for nothing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use piton_github::{Base, Client, ClientOptions, Patience, RepoName};
use piton_testkit::forge::FakeGitHub;

/// Writes down what it is told to wait, and does not.
#[derive(Debug, Default)]
pub(crate) struct Instant {
    pub(crate) waited: Mutex<Vec<Duration>>,
    pub(crate) stop_at: Option<usize>,
}

impl Patience for Instant {
    fn wait(&self, length: Duration) -> bool {
        let mut waited = self.waited.lock().unwrap();
        waited.push(length);
        self.stop_at == Some(waited.len())
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

pub(crate) const TOKEN: &str = "ghp_secretsecret";

pub(crate) fn client(fake: &FakeGitHub) -> Client {
    with(fake.address(), Some(TOKEN), Arc::default())
}

pub(crate) fn with(address: &str, token: Option<&str>, patience: Arc<Instant>) -> Client {
    within(Duration::from_millis(500), address, token, patience)
}

pub(crate) fn within(
    limit: Duration,
    address: &str,
    token: Option<&str>,
    patience: Arc<Instant>,
) -> Client {
    Client::new(ClientOptions {
        base: Base::new(address, None).unwrap(),
        token: token.map(|token| token.parse().unwrap()),
        patience,
        limit,
        now: Timestamp::now,
    })
}

pub(crate) fn widget() -> RepoName {
    "acme/widget".parse().unwrap()
}
