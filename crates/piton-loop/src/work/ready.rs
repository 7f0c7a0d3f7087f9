//! The question before a phase: may it start?

use jiff::Timestamp;
use piton_agent::CallRole;
use piton_migration::manifest::{Manifest, MigrationState};
use piton_migration::own::OwnData;
use piton_migration::stamp::Stamp;

use super::attempts::Job as _;
use super::call::{self, Around, Ask};
use super::evidence::{self, Subject};
use super::failure::{Halt, OrTrouble as _, WorkFailure};
use super::guarded;
use super::note::{self, Putting};
use super::prepared::Prepared;
use super::setback;
use super::shop::Worked;
use super::workplace::Workplace;
use crate::clock::local_stamp;
use crate::deciding::defer;
use crate::failures::FailureKind;
use crate::guard::UserTree;
use crate::prompts::WorkAbout;
use crate::replies::{Decision, ReadyAnswer, Recommendation, Verdict};

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

const ROLE: CallRole = CallRole::PhaseReadyCheck;

/// Whether the phase may start.
pub(super) enum Ready {
    /// It may. The user's working tree was this before the question, and is to
    /// be looked at after the work; where it is not known it was looked at.
    Yes(Option<UserTree>),
    /// It may not, and this is what became of it.
    No(Box<Worked>),
}

/// Asks whether the phase may start.
pub(super) fn ready_check(at: &Workplace<'_, '_>, phase: &Prepared) -> Result<Ready, Halt> {
    let Workplace {
        shop, run, start, ..
    } = at;
    let slug = &phase.live.slug;
    let (answer, tree) = asked(at, phase)?;
    let subject = Subject {
        attempt: start.attempt,
        retry: 1,
        target: &phase.label,
        phase_reached: &phase.phase.name,
        effort: &phase.effort,
        next_step: phase.next_step(),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(Halt::Failed(failure)) => {
            let failure = failure.last_word();
            evidence::keep(shop, run, &subject, &failure);
            let worked = setback::failed(at, slug, failure);
            return Ok(Ready::No(Box::new(worked)));
        }
        Err(halt @ Halt::Ended(_)) => return Err(halt),
    };
    let (kind, waits_for_person) = match verdict(&answer) {
        Verdict::Yes => return Ok(Ready::Yes(tree)),
        Verdict::No => (FailureKind::PhaseReadyNo, false),
        Verdict::Unverifiable => (FailureKind::PhaseReadyUnverifiable, true),
    };
    let reason = answer.reason;
    let failure = WorkFailure {
        recommendation: if waits_for_person {
            Recommendation::HumanReview
        } else {
            Recommendation::NewTarget
        },
        decision: Decision::Blocked,
        ..WorkFailure::again(ROLE, kind, reason.clone())
    };
    evidence::keep(shop, run, &subject, &failure);
    let Some(put_off) = PutOff::of(phase, &reason, waits_for_person, local_stamp(shop.clock))
    else {
        return Err(Halt::from(failure));
    };
    let putting = Putting {
        slug,
        manifest: &put_off.manifest,
        own: &put_off.own,
        verb: "defer",
        why: &reason,
    };
    let note = note::commit(at, &putting)?;
    Ok(Ready::No(Box::new(Worked::PutOff {
        reason,
        until: put_off.until,
        waits_for_person,
        note,
    })))
}

/// Asks, and returns what was answered. The user's working tree is still to be
/// looked at where the phase may start, and was looked at where it may not.
fn asked(
    at: &Workplace<'_, '_>,
    phase: &Prepared,
) -> Result<(Result<ReadyAnswer, Halt>, Option<UserTree>), Halt> {
    let shop = at.shop;
    let (path, summary) = (phase.path(), phase.summary());
    let prompt = shop.prompt(WorkAbout::ReadyCheck(phase.brief(&path, &summary)), None);
    let ask = Ask {
        target: &phase.label,
        phase_reached: &phase.phase.name,
        slug: Some(phase.live.slug.as_str()),
        prompt: prompt.or_trouble(ROLE)?,
        around: Around::followed(None),
        ..Ask::of(shop, ROLE, &phase.effort)
    };
    let asked = call::ask(at, ask);
    // It was only asked to read, so what it did to the files is dropped.
    at.slot.take_back(shop.disk).or_trouble(ROLE)?;
    let mut tree = None;
    let answer = asked.and_then(|called| {
        tree = called.tree;
        ReadyAnswer::parse(&called.reply.text).map_err(|error| {
            WorkFailure::again(ROLE, FailureKind::AgentInfraFailure, error.to_string()).into()
        })
    });
    let may = matches!(&answer, Ok(answer) if verdict(answer) == Verdict::Yes);
    if let (false, Some(tree)) = (may, &tree) {
        guarded::look_after(shop, at.run, ROLE, tree)?;
    }
    Ok((answer, tree))
}

/// What a migration is while its phase may not start.
struct PutOff {
    manifest: Manifest,
    own: OwnData,
    until: Option<Timestamp>,
}

impl PutOff {
    /// Puts a phase off: until a person has looked, or for a while. `None`
    /// where the migration is not under way.
    fn of(phase: &Prepared, reason: &str, waits_for_person: bool, now: Stamp) -> Option<Self> {
        let mut own = phase.live.own.clone();
        let MigrationState::Ready(ready) = MigrationState::from(phase.live.manifest.clone()) else {
            return None;
        };
        let (manifest, until) = if waits_for_person {
            defer::unverifiable(&mut own, reason);
            (ready.defer_unverifiable(reason, now).into_manifest(), None)
        } else {
            let until = defer::not_ready(&mut own, reason, now.instant());
            let waiting = ready.defer_until(Stamp::utc(until), now);
            (waiting.into_manifest(), Some(until))
        };
        Some(Self {
            manifest,
            own,
            until,
        })
    }
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
