//! Validating a commit where no agent ever writes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_agent::CallRole;
use piton_agent::sealing::MET_THE_SEAL;
use piton_base::StateDir;
use piton_durable::DiskRead;
use piton_git::CommitId;
use piton_git::landing::tree_of;
use piton_git::slot::SlotUse;
use piton_seal::CacheSet;

use super::failure::{End, Halt, OrTrouble as _, Traces, WorkFailure};
use super::shop::Shop;
use super::workplace;
use crate::failures::FailureKind;
use crate::runs::{Event, Heard, RecordedCall, RunRecord};
use crate::validation::baseline::{self, BaselineKey};
use crate::validation::{Validator, Verdict};

/// What projects keep outside git, and tests then miss in a fresh slot.
const OFTEN_MISSING: [&str; 6] = ["node_modules", ".venv", "venv", ".env", "vendor", "target"];

/// What came of proving a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub verdict: Verdict,
    /// Where what the command printed is kept.
    pub record: Option<PathBuf>,
    /// Things that the user's tree has, git ignores, and the slot has not.
    pub missing: Vec<&'static str>,
}

/// Lays a commit out and runs the project's checks on it.
pub fn prove(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    commit: &CommitId,
    role: CallRole,
) -> Result<Proof, Halt> {
    let Some(command) = shop.validator.command else {
        return Ok(Proof {
            verdict: Verdict::NotAsked,
            record: None,
            missing: Vec::new(),
        });
    };
    let slot = workplace::take(shop, commit, SlotUse::Proof, role)?;
    let RecordedCall { number, files } = run.place(role.as_str()).or_trouble(role)?;
    let token = format!("{}-{number}", run.id());
    workplace::set_up(shop, &slot, &files.directory, &token, role)?;
    run.event(Event::ValidationStarted {
        call: number,
        commit: commit.short().to_owned(),
        command: command.as_str().to_owned(),
    })
    .or_trouble(role)?;
    let heard = Heard::of(run, number);
    let validator = Validator {
        caches: CacheSet::of_slot(slot.number()),
        ..shop.validator.clone()
    };
    let verdict = validator
        .validate(slot.dir(), &files.directory, &token, &heard)
        .map_err(|error| {
            let story = piton_base::on_one_line(&error);
            WorkFailure::again(role, FailureKind::ValidationInfraFailure, story)
        })?;
    match &verdict {
        Verdict::Stopped => return Err(End::Stopped.into()),
        Verdict::Green { .. } => note_green(shop, commit),
        Verdict::Flaky { .. } => run
            .update(|summary| summary.counts.flaky += 1)
            .or_trouble(role)?,
        Verdict::NotAsked | Verdict::Red(_) => {}
    }
    run.event(finished(number, commit, &verdict))
        .or_trouble(role)?;
    Ok(Proof {
        verdict,
        record: Some(files.directory),
        missing: missing(shop.disk, shop.site.root(), slot.dir()),
    })
}

fn finished(call: u32, commit: &CommitId, verdict: &Verdict) -> Event {
    let lasted = match verdict {
        Verdict::Green { lasted } => Some(lasted),
        Verdict::NotAsked | Verdict::Red(_) | Verdict::Flaky { .. } | Verdict::Stopped => None,
    };
    Event::ValidationFinished {
        call,
        commit: commit.short().to_owned(),
        verdict: verdict.to_string(),
        good: verdict.is_good(),
        flaky: matches!(verdict, Verdict::Flaky { .. }),
        duration_ms: lasted.and_then(|lasted| u64::try_from(lasted.as_millis()).ok()),
    }
}

/// Proves the commit that a run starts from, unless it was proved before.
pub fn baseline(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    commit: &CommitId,
    tree: &str,
) -> Result<Proof, Halt> {
    let notes = StateDir::at(shop.site.state()).green();
    if let Some(key) = key(shop, tree)
        && baseline::was_green(shop.disk, &notes, &key)
    {
        return Ok(Proof {
            verdict: Verdict::Green {
                lasted: Duration::ZERO,
            },
            record: None,
            missing: Vec::new(),
        });
    }
    let proof = prove(shop, run, commit, CallRole::Validation)?;
    if let (Some(key), Verdict::Green { .. }) = (key(shop, tree), &proof.verdict) {
        let _ = baseline::note_green(shop.disk, &notes, &key);
    }
    Ok(proof)
}

/// Returns what makes one proof as good as another: the files, the command, and
/// what was set up.
fn key(shop: &Shop<'_>, tree: &str) -> Option<BaselineKey> {
    let setup = shop.slots.setup.as_ref();
    let setup = setup.map_or("", |setup| setup.setup.command.as_str());
    let command = shop.validator.command?;
    Some(BaselineKey::new(tree, command, setup))
}

/// Notes that a commit is good: a run that starts from it need not prove it.
/// Without the note it is only proved once more.
fn note_green(shop: &Shop<'_>, commit: &CommitId) {
    let notes = StateDir::at(shop.site.state()).green();
    if let Ok(tree) = tree_of(shop.repository, commit)
        && let Some(key) = key(shop, tree.as_str())
    {
        let _ = baseline::note_green(shop.disk, &notes, &key);
    }
}

/// Says that a commit is not good, with the end of what the checks printed.
pub(super) fn red(role: CallRole, proof: &Proof) -> WorkFailure {
    let mut story = format!("validation is {}", proof.verdict);
    if let Verdict::Red(red) = &proof.verdict {
        story.push('\n');
        story.push_str(&red.tail);
        if red.met_the_seal {
            story.push('\n');
            story.push_str(MET_THE_SEAL);
        }
    }
    WorkFailure {
        traces: Traces {
            agent: None,
            tests: proof.record.clone(),
        },
        ..WorkFailure::again(role, FailureKind::ValidationFailed, story)
    }
}

fn missing(disk: &dyn DiskRead, user: &Path, slot: &Path) -> Vec<&'static str> {
    let there = |dir: &Path, name: &str| disk.stat(&dir.join(name)).is_ok_and(|it| it.is_some());
    OFTEN_MISSING
        .into_iter()
        .filter(|name| there(user, name) && !there(slot, name))
        .collect()
}
