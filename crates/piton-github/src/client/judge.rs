//! What an answer means, and what is to be done about it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::message;
use super::token::Token;
use super::wire::Came;
use crate::error::{ForgeError, LimitKind};

/// How long GitHub asks to wait when it does not say how long.
const UNTOLD: Duration = Duration::from_secs(60);

/// What is to be done with what came.
#[derive(Debug)]
pub(super) enum Verdict {
    Success,
    /// It is as it was when this tag was given.
    Unchanged,
    Redirect(String),
    /// The request was not done; it may be sent again after a wait.
    Wait {
        length: Duration,
        error: ForgeError,
    },
    /// The server failed; the request may have been done.
    Failed(ForgeError),
    Final(ForgeError),
}

/// The server's clock, as it tells it.
pub(super) fn date(came: &Came) -> Option<Timestamp> {
    moment(came.header("date")?)
}

fn moment(text: &str) -> Option<Timestamp> {
    // HTTP writes "GMT" where mail writes an offset.
    let text = text.replace("GMT", "+0000");
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

pub(super) fn judge(
    what: &str,
    came: &Came,
    wants_json: bool,
    changes: bool,
    token: Option<&Token>,
    now: Timestamp,
) -> Verdict {
    let what = what.to_owned();
    let status = came.status;
    let says = || message::of(&came.body, token);
    match status {
        200..=299 => {
            let begins = came.body.trim_ascii_start().first();
            if wants_json && !matches!(begins, None | Some(b'{' | b'[')) {
                let why = "it is not JSON";
                return Verdict::Failed(ForgeError::garbled(what, why, changes));
            }
            Verdict::Success
        }
        304 => Verdict::Unchanged,
        301 | 302 | 307 | 308 => came.header("location").map_or_else(
            || {
                let why = format!("{status} without a place to go to");
                Verdict::Final(ForgeError::garbled(&*what, why, false))
            },
            |to| Verdict::Redirect(to.to_owned()),
        ),
        401 => Verdict::Final(ForgeError::NotSignedIn {
            what,
            message: match token {
                Some(_) => says(),
                None => format!("{}; no token is set", says()),
            },
        }),
        403 | 429 => forbidden(what, came, says(), now),
        404 | 410 => Verdict::Final(ForgeError::NotFound {
            what,
            message: says(),
        }),
        409 => Verdict::Final(ForgeError::Conflict {
            what,
            message: says(),
        }),
        // 501: the server does not have this at all, so waiting is no use.
        408 | 500 | 502..=599 => {
            let error = ForgeError::Outage {
                what,
                status,
                message: says(),
                unsure: changes,
            };
            Verdict::Failed(error)
        }
        _ => Verdict::Final(ForgeError::Refused {
            what,
            status,
            message: says(),
        }),
    }
}

/// Says whether to wait for a limit, or which permission is missing.
fn forbidden(what: String, came: &Came, message: String, now: Timestamp) -> Verdict {
    match limit(came, &message, date(came).unwrap_or(now)) {
        Some((kind, length)) => Verdict::Wait {
            length,
            error: ForgeError::Limited {
                what,
                kind,
                until: later(now, length),
                message,
            },
        },
        None => Verdict::Final(ForgeError::NoPermission {
            what,
            needs: needs(came),
            message,
        }),
    }
}

fn later(now: Timestamp, length: Duration) -> Timestamp {
    // Whole seconds, rounded up, are what people read.
    let seconds = i64::try_from(length.as_secs() + 1).unwrap_or(i64::MAX);
    Timestamp::from_second(now.as_second().saturating_add(seconds)).unwrap_or(Timestamp::MAX)
}

/// Whether a refusal is one of the two limits, and for how long.
fn limit(came: &Came, message: &str, now: Timestamp) -> Option<(LimitKind, Duration)> {
    let told = came.header("retry-after").and_then(|text| {
        let seconds = text.trim().parse().map(Duration::from_secs).ok();
        seconds.or_else(|| Some(until_then(moment(text)?, now)))
    });
    let used_up = came.header("x-ratelimit-remaining").map(str::trim) == Some("0");
    let reset = came
        .header("x-ratelimit-reset")
        .and_then(|text| Timestamp::from_second(text.trim().parse().ok()?).ok())
        .map(|until| until_then(until, now));
    let lower = message.to_lowercase();
    let secondary = lower.contains("secondary rate limit") || lower.contains("abuse detection");
    if let Some(length) = told {
        return Some((LimitKind::Secondary, length));
    }
    if used_up {
        return Some((LimitKind::Primary, reset.unwrap_or(UNTOLD)));
    }
    if secondary {
        return Some((LimitKind::Secondary, UNTOLD));
    }
    if came.status == 429 || lower.contains("rate limit exceeded") {
        return Some((LimitKind::Primary, reset.unwrap_or(UNTOLD)));
    }
    None
}

fn until_then(until: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

/// Which permission is missing, where GitHub tells.
fn needs(came: &Came) -> Option<String> {
    if let Some(fine) = came.header("x-accepted-github-permissions") {
        // Several ways to be allowed are parted by `;`, what each needs by `,`.
        let words = fine
            .replace('=', ": ")
            .replace("; ", " or ")
            .replace(';', " or ");
        return Some(format!("the permission {}", message::clean(&words, None)));
    }
    let accepted = came.header("x-accepted-oauth-scopes")?.trim();
    let has = came.header("x-oauth-scopes")?;
    let have: Vec<&str> = has.split(',').map(str::trim).collect();
    let lacks = !accepted.is_empty() && !accepted.split(',').any(|one| have.contains(&one.trim()));
    lacks.then(|| format!("the scope {}", message::clean(accepted, None)))
}
