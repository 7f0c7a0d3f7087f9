//! The question before a phase: may it start?

use piton_agent::CallRole;
use piton_git::slot::Slot;
use piton_migration::manifest::MigrationState;
use piton_migration::stamp::Stamp;

use super::call::{self, Ask};
use super::evidence;
use super::failure::{Halt, WorkFailure};
use super::note::{self, Putting};
use super::phase::{PhaseWork, failed};
use super::prepared::Prepared;
use super::shop::{Shop, Worked};
use crate::clock::local_stamp;
use crate::deciding::defer;
use crate::failures::FailureKind;
use crate::prompts::WorkPrompt;
use crate::replies::{Decision, ReadyAnswer, Recommendation, Verdict as Ready};
use crate::runs::RunRecord;

/// Reasons that speak of green tests: piton sees to those itself, so they are
/// no matter for a person.
const ABOUT_THE_BASELINE: [&str; 7] = [
    "baseline green",
    "baseline validation",
    "current tests pass",
    "fresh test evidence",
    "fresh validation evidence",
    "full test suite passes",
    "tests pass now",
];

/// Asks whether the phase may start. Returns what came of it, unless it may.
pub(super) fn ready_check(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    work: &PhaseWork<'_>,
    phase: &Prepared,
) -> Result<Option<Worked>, Halt> {
    let role = CallRole::PhaseReadyCheck;
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let (path, summary) = (phase.path(), phase.summary());
    let prompt = WorkPrompt::ReadyCheck(phase.prompt_of(shop, &path, &summary, None));
    let prompt = shop
        .prompts
        .work(&prompt)
        .map_err(|error| trouble(&error))?;
    let asked = call::ask(
        shop,
        run,
        slot,
        Ask {
            role,
            attempt: work.start.attempt,
            retry: 1,
            target: &phase.label,
            phase_reached: &phase.phase.name,
            slug: Some(work.slug.as_str()),
            prompt,
            model: shop.models.model(role),
            effort: &phase.effort,
            schema: None,
            about: None,
        },
    );
    // Whatever it did to the files, it was asked to read.
    slot.take_back(shop.disk).map_err(|error| trouble(&error))?;
    let answer = asked.and_then(|called| {
        ReadyAnswer::parse(&called.reply.text).map_err(|error| {
            WorkFailure::again(role, FailureKind::AgentInfraFailure, error.to_string()).into()
        })
    });
    let answer = match answer {
        Ok(answer) => answer,
        Err(Halt::Failed(failure)) => {
            let failure = failure.last_word();
            let subject = phase.subject(work);
            evidence::keep(shop, run, &subject.as_ref(), &failure);
            return Ok(Some(failed(shop, run, slot, work, phase, failure)));
        }
        Err(halt) => return Err(halt),
    };
    let (kind, waits_for_person) = match verdict(&answer) {
        Ready::Yes => return Ok(None),
        Ready::No => (FailureKind::PhaseReadyNo, false),
        Ready::Unverifiable => (FailureKind::PhaseReadyUnverifiable, true),
    };
    let failure = WorkFailure {
        recommendation: if waits_for_person {
            Recommendation::HumanReview
        } else {
            Recommendation::NewTarget
        },
        decision: Decision::Blocked,
        ..WorkFailure::again(role, kind, answer.reason.clone())
    };
    evidence::keep(shop, run, &phase.subject(work).as_ref(), &failure);
    let now = local_stamp(shop.clock);
    let mut own = phase.live.own.clone();
    let MigrationState::Ready(ready) = MigrationState::from(phase.live.manifest.clone()) else {
        return Err(Halt::from(failure));
    };
    let (manifest, until) = if waits_for_person {
        defer::unverifiable(&mut own, &answer.reason);
        let waiting = ready.defer_unverifiable(&answer.reason, now);
        (waiting.into_manifest(), None)
    } else {
        let until = defer::not_ready(&mut own, &answer.reason, now.instant());
        let stamp = Stamp::utc(until);
        (ready.defer_until(stamp, now).into_manifest(), Some(until))
    };
    let note = note::commit(
        shop,
        run,
        slot,
        &work.start,
        &Putting {
            slug: work.slug,
            manifest: &manifest,
            own: &own,
            verb: "defer",
            why: &answer.reason,
        },
    )?;
    Ok(Some(Worked::PutOff {
        reason: answer.reason,
        until,
        waits_for_person,
        note,
    }))
}

/// Doubts about the tests being green are doubts of today.
fn verdict(answer: &ReadyAnswer) -> Ready {
    let reason = answer.reason.to_lowercase();
    match answer.verdict {
        Ready::Unverifiable if ABOUT_THE_BASELINE.iter().any(|it| reason.contains(it)) => Ready::No,
        verdict => verdict,
    }
}
