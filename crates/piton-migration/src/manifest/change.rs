//! What changes in a manifest when its migration comes into another state.

use jiff::SignedDuration;

use super::refusal::{RefineRefusal, TransitionError};
use super::state::{Planning, Skipped};
use super::status::Status;
use super::types::Manifest;
use crate::stamp::Stamp;

/// How long a deferred migration is left alone at least.
const COOLDOWN: SignedDuration = SignedDuration::from_hours(6);
/// When a deferred migration wakes up by itself.
const WAKE_UP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Makes it wait for a person, who is told the reason.
pub(super) fn ask_person(manifest: &mut Manifest, reason: &str) {
    manifest.awaiting_human_review = true;
    manifest.human_review_reason = Some(reason.to_owned());
}

pub(super) fn ask_nobody(manifest: &mut Manifest) {
    manifest.awaiting_human_review = false;
    manifest.human_review_reason = None;
}

/// Forgets when it was to wake up: it may go on now.
pub(super) fn wake(manifest: &mut Manifest, now: Stamp) {
    manifest.last_touch = now.to_raw();
    manifest.wake_up_on = None;
    manifest.cooldown_until = None;
}

pub(super) fn skip(mut manifest: Manifest, now: Stamp) -> Skipped {
    manifest.status = Status::Skipped;
    manifest.last_touch = now.to_raw();
    ask_nobody(&mut manifest);
    Skipped(manifest)
}

pub(super) fn put_off(manifest: &mut Manifest, now: Stamp) {
    manifest.last_touch = now.to_raw();
    manifest.cooldown_until = Some(now.later_utc(COOLDOWN).to_raw());
    manifest
        .wake_up_on
        .get_or_insert_with(|| now.later_utc(WAKE_UP).to_raw());
}

/// Both stamps name the one time: a wake-up later than the cooldown would let
/// the original sleep on, an earlier one would not wake it.
pub(super) fn put_off_until(manifest: &mut Manifest, until: Stamp, now: Stamp) {
    manifest.last_touch = now.to_raw();
    manifest.cooldown_until = Some(until.to_raw());
    manifest.wake_up_on = Some(until.to_raw());
}

pub(super) fn refuse_done_phases(manifest: &Manifest) -> Result<(), RefineRefusal> {
    if manifest.phases.iter().any(|phase| phase.done) {
        return Err(RefineRefusal::PhaseDone);
    }
    Ok(())
}

pub(super) fn reopen(mut manifest: Manifest) -> Result<Planning, TransitionError> {
    refuse_done_phases(&manifest)?;
    if manifest.status.is_executing() {
        if manifest.phases.is_empty() {
            return Err(RefineRefusal::NoPhases.into());
        }
        if manifest.cursor != Some(0) {
            return Err(RefineRefusal::CursorAdvanced.into());
        }
        manifest.status = Status::Planning;
        ask_nobody(&mut manifest);
        manifest.cooldown_until = None;
    }
    Ok(Planning(manifest))
}
