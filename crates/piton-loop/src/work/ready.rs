//! The question before a phase: may it start?

use piton_agent::CallRole;
use piton_git::slot::Slot;
use piton_migration::manifest::MigrationState;
use piton_migration::stamp::Stamp;

use super::call::{self, Around, Ask};
use super::evidence;
use super::failure::{Halt, WorkFailure};
use super::note::{self, Putting};
use super::phase::{PhaseWork, failed};
use super::prepared::Prepared;
use super::shop::{Shop, Worked};
use crate::clock::local_stamp;
use crate::deciding::defer;
use crate::failures::FailureKind;
use crate::guard::UserTree;
use crate::prompts::WorkPrompt;
use crate::replies::{Decision, ReadyAnswer, Recommendation, Verdict};
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

/// Whether the phase may start.
pub(super) enum Ready {
    /// It may. The user's working tree was this before the question, and is to
    /// be looked at after the work; where it is not known it was looked at.
    Yes(Option<UserTree>),
    /// It may not, and this is what became of it.
    No(Box<Worked>),
}

/// Asks whether the phase may start.
pub(super) fn ready_check(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    slot: &Slot,
    work: &PhaseWork<'_>,
    phase: &Prepared,
) -> Result<Ready, Halt> {
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
            onto: &work.start.onto,
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
            around: Around::followed(None),
        },
    );
    // Whatever it did to the files, it was asked to read.
    slot.take_back(shop.disk).map_err(|error| trouble(&error))?;
    let mut tree = None;
    let answer = asked.and_then(|called| {
        tree = called.tree;
        ReadyAnswer::parse(&called.reply.text).map_err(|error| {
            WorkFailure::again(role, FailureKind::AgentInfraFailure, error.to_string()).into()
        })
    });
    let may = matches!(&answer, Ok(answer) if verdict(answer) == Verdict::Yes);
    if let (false, Some(tree)) = (may, &tree) {
        call::look_after(shop, run, role, tree)?;
    }
    let answer = match answer {
        Ok(answer) => answer,
        Err(Halt::Failed(failure)) => {
            let failure = failure.last_word();
            let subject = phase.subject(work);
            evidence::keep(shop, run, &subject.as_ref(), &failure);
            let worked = failed(shop, run, slot, work, phase, failure);
            return Ok(Ready::No(Box::new(worked)));
        }
        Err(halt) => return Err(halt),
    };
    let (kind, waits_for_person) = match verdict(&answer) {
        Verdict::Yes => return Ok(Ready::Yes(tree)),
        Verdict::No => (FailureKind::PhaseReadyNo, false),
        Verdict::Unverifiable => (FailureKind::PhaseReadyUnverifiable, true),
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
    Ok(Ready::No(Box::new(Worked::PutOff {
        reason: answer.reason,
        until,
        waits_for_person,
        note,
    })))
}

/// Doubts about the tests being green are doubts of today.
fn verdict(answer: &ReadyAnswer) -> Verdict {
    let reason = answer.reason.to_lowercase();
    match answer.verdict {
        Verdict::Unverifiable if ABOUT_THE_BASELINE.iter().any(|it| reason.contains(it)) => {
            Verdict::No
        }
        verdict => verdict,
    }
}
