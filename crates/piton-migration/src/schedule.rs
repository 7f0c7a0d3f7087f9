//! When work on a migration may go on, and what comes next.

use std::cmp::max;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use thiserror::Error;

use crate::manifest::{Manifest, Status};
use crate::planning::{Cursor, LoadedState, StateLoadError, Step};
use crate::stamp::{RawStamp, StampError};

/// A migration that nothing happened to for this long wakes up by itself.
const STALE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A stamp that is no point in time, so nothing can be scheduled by it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("field `{field}` in manifest.json cannot be scheduled by")]
pub struct ScheduleError {
    pub field: &'static str,
    #[source]
    pub source: StampError,
}

/// Tells whether work may go on at `now`: the cooldown is over, and the
/// wake-up time has come or nothing has happened for a week.
pub fn eligible(manifest: &Manifest, now: Timestamp) -> Result<bool, ScheduleError> {
    eligible_at(
        manifest.cooldown_until(),
        manifest.wake_up_on(),
        manifest.last_touch(),
        now,
    )
}

/// Tells the same from the stamps alone. A cooldown that is ahead decides
/// before the other stamps are looked at.
fn eligible_at(
    cooldown_until: Option<&RawStamp>,
    wake_up_on: Option<&RawStamp>,
    last_touch: &RawStamp,
    now: Timestamp,
) -> Result<bool, ScheduleError> {
    if let Some(cooldown) = cooldown_until
        && instant("cooldown_until", cooldown)? > now
    {
        return Ok(false);
    }
    let Some(wake_up) = wake_up_on else {
        return Ok(true);
    };
    let idle = now.duration_since(instant("last_touch", last_touch)?);
    Ok(instant("wake_up_on", wake_up)? <= now || idle >= STALE)
}

/// Returns when work may go on at the earliest, provided that nothing happens
/// before. `None` means at any time.
pub fn earliest(manifest: &Manifest) -> Result<Option<Timestamp>, ScheduleError> {
    let stamp =
        |field, stamp: Option<&RawStamp>| stamp.map(|stamp| instant(field, stamp)).transpose();
    let cooldown = stamp("cooldown_until", manifest.cooldown_until())?;
    let wake_up = stamp("wake_up_on", manifest.wake_up_on())?;
    let Some(wake_up) = wake_up else {
        return Ok(cooldown);
    };
    let touched = instant("last_touch", manifest.last_touch())?;
    let stale = touched.checked_add(STALE).unwrap_or(Timestamp::MAX);
    Ok(max(cooldown, Some(wake_up.min(stale))))
}

fn instant(field: &'static str, stamp: &RawStamp) -> Result<Timestamp, ScheduleError> {
    stamp
        .instant()
        .map_err(|source| ScheduleError { field, source })
}

/// The next thing that will happen to a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NextThing {
    /// A planning step will run.
    PlanningStep { step: Step, when: When },
    /// A phase will be ready-checked and carried out.
    Phase { name: String, when: When },
    /// A person has to look at it.
    HumanReview { reason: Option<String> },
    /// Nothing: it is over.
    Nothing,
    /// Nothing, until what is wrong is put right.
    Blocked { reason: String },
}

/// From when on something may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "at", content = "from", rename_all = "lowercase")]
pub enum When {
    Now,
    Later(Timestamp),
}

/// Returns the next thing that will happen to a migration.
pub(crate) fn next_thing(
    manifest: &Manifest,
    state: Option<&Result<LoadedState, StateLoadError>>,
    now: Timestamp,
) -> NextThing {
    let blocked = |reason: &str| NextThing::Blocked {
        reason: reason.to_owned(),
    };
    match manifest.status() {
        Status::Skipped | Status::Done => return NextThing::Nothing,
        Status::Planning | Status::Ready | Status::InProgress => {}
    }
    if manifest.awaiting_human_review() {
        return NextThing::HumanReview {
            reason: manifest.human_review_reason().map(str::to_owned),
        };
    }
    let when = match (eligible(manifest, now), earliest(manifest)) {
        (Ok(true), _) => When::Now,
        (Ok(false), Ok(Some(at))) => When::Later(at),
        (Ok(false) | Err(_), _) => return blocked("invalid-timestamp"),
    };
    match (manifest.status(), manifest.current_phase()) {
        (Status::Planning, _) => match state {
            Some(Ok(loaded)) => match loaded.state.cursor() {
                Cursor::Step(step) => NextThing::PlanningStep { step, when },
                Cursor::Terminal(_) => blocked("planning-state-disagrees"),
            },
            Some(Err(error)) if !error.is_missing() => blocked("planning-state-invalid"),
            Some(Err(_)) | None => blocked("planning-state-missing"),
        },
        (_, Some((_, phase))) => NextThing::Phase {
            name: phase.name.clone(),
            when,
        },
        (_, None) => blocked("invalid-current-phase"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{MigrationState, Planning};
    use crate::stamp::Stamp;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_deferred_migration_sleeps_until_it_wakes_or_goes_stale() {
        let text = r#"{"name":"m","created_at":"2026-06-01T00:00:00+00:00","last_touch":"2026-06-01T00:00:00+00:00",
            "wake_up_on":"2026-06-20T00:00:00+00:00","cooldown_until":"2026-06-01T06:00:00+00:00",
            "status":"ready","current_phase":"a",
            "phases":[{"name":"a","file":"f","done":false,"precondition":"p","required_effort":"low"}]}"#;
        let manifest = Manifest::decode(text.as_bytes()).expect("a manifest");
        assert_eq!(earliest(&manifest), Ok(Some(at("2026-06-08T00:00:00Z"))));
        assert_eq!(eligible(&manifest, at("2026-06-07T23:59:59Z")), Ok(false));
        assert_eq!(eligible(&manifest, at("2026-06-08T00:00:00Z")), Ok(true));
    }

    /// A migration with one phase, and more of its manifest.
    fn manifest(more: &str) -> Manifest {
        let text = format!(
            r#"{{"name":"m","created_at":"2026-06-01T00:00:00+00:00","last_touch":"2026-06-01T00:00:00+00:00",
            "phases":[{{"name":"a","file":"f","done":false,"precondition":"p"}}],{more}}}"#
        );
        Manifest::decode(text.as_bytes()).expect("a manifest")
    }

    #[test]
    fn the_next_thing_says_what_and_when() {
        let next = |more: &str| next_thing(&manifest(more), None, at("2026-06-02T00:00:00Z"));
        let phase = |when| NextThing::Phase {
            name: "a".to_owned(),
            when,
        };
        let ready = r#""status":"ready","current_phase":"a""#;
        assert_eq!(next(ready), phase(When::Now));
        let later = format!(r#"{ready},"cooldown_until":"2026-06-03T00:00:00+00:00""#);
        let until = at("2026-06-03T00:00:00Z");
        assert_eq!(next(&later), phase(When::Later(until)));
        let asked = format!(r#"{ready},"awaiting_human_review":true,"human_review_reason":"why""#);
        let reason = Some("why".to_owned());
        assert_eq!(next(&asked), NextThing::HumanReview { reason });
        for over in [
            r#""status":"done","current_phase":"""#,
            r#""status":"skipped","current_phase":"""#,
        ] {
            assert_eq!(next(over), NextThing::Nothing, "{over}");
        }
        let blocked = |reason: &str| NextThing::Blocked {
            reason: reason.to_owned(),
        };
        let torn = format!(r#"{ready},"cooldown_until":"soon""#);
        assert_eq!(next(&torn), blocked("invalid-timestamp"));
        let nowhere = r#""status":"ready","current_phase":"""#;
        assert_eq!(next(nowhere), blocked("invalid-current-phase"));
    }

    #[test]
    fn a_plan_without_its_record_is_blocked_and_says_why() {
        let slug = "m".parse().expect("a slug");
        let planning = Planning::start(&slug, Stamp::utc(at("2026-06-01T00:00:00Z")));
        let state = MigrationState::Planning(planning);
        assert_eq!(
            next_thing(state.manifest(), None, at("2026-06-01T00:00:00Z")),
            NextThing::Blocked {
                reason: "planning-state-missing".to_owned()
            }
        );
    }
}
