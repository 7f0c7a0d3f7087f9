//! The token that the program `gh` keeps, for those who signed in with it.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::token::Token;

/// How long `gh` may think. It may ask a keyring, which may ask a person.
const LIMIT: Duration = Duration::from_secs(10);

/// Asks `gh` for the token of a host. Whatever goes wrong means that there is
/// none: that nobody is signed in is told where a token is needed.
#[expect(clippy::disallowed_methods, reason = "this is gh's one room")]
pub fn token_of_gh(host: &str) -> Option<Token> {
    let mut child = Command::new("gh")
        .args(["auth", "token", "--hostname", host])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut stdout = child.stdout.take()?;
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        let read = stdout.by_ref().take(64 << 10).read_to_string(&mut text);
        let _ = send.send(read.ok().map(|_| text));
    });
    let text = receive.recv_timeout(LIMIT).ok().flatten();
    if text.is_none() {
        let _ = child.kill();
    }
    let ended = child.wait().ok()?;
    text?.parse().ok().filter(|_| ended.success())
}
