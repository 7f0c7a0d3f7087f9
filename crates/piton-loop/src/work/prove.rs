//! Validating a commit where no agent ever writes.

use std::path::{Path, PathBuf};

use piton_agent::CallRole;
use piton_agent::sealing::MET_THE_SEAL;
use piton_base::StateDir;
use piton_durable::DiskRead;
use piton_git::CommitId;
use piton_git::landing::tree_of;
use piton_git::slot::{Slot, SlotUse, Slots};
use piton_seal::CacheSet;

use super::evidence::Traces;
use super::failure::{Halt, WorkFailure};
use super::shop::Shop;
use crate::failures::FailureKind;
use crate::runs::{Event, RecordedCall, RunRecord};
use crate::validation::baseline::{self, BaselineKey};
use crate::validation::{ValidationError, Validator, Verdict};

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
    let trouble = |error: &dyn std::error::Error| Halt::trouble(role, error);
    let view = shop
        .slots
        .view(shop.disk, shop.repository)
        .map_err(|error| trouble(&error))?;
    let slot = Slots::new(shop.disk, shop.repository, &shop.slots.home)
        .take(commit, SlotUse::Proof, &view, &shop.holder)
        .map_err(|error| trouble(&error))?;
    let RecordedCall { number, files } =
        run.place(role.as_str()).map_err(|error| trouble(&error))?;
    let token = format!("{}-{number}", run.id());
    set_up(shop, &slot, &files.directory, &token, role)?;
    run.event(Event::ValidationStarted {
        call: number,
        commit: commit.short().to_owned(),
        command: command.as_str().to_owned(),
    })
    .map_err(|error| trouble(&error))?;
    let heard = run.hear(number);
    let validator = Validator {
        caches: CacheSet::of_slot(slot.number()),
        ..shop.validator.clone()
    };
    match validator.validate(slot.dir(), &files.directory, &token, &heard) {
        Ok(Verdict::Stopped) => Err(Halt::Stopped),
        Ok(verdict) => {
            if matches!(verdict, Verdict::Green { .. }) {
                note_green(shop, commit);
            }
            if matches!(verdict, Verdict::Flaky { .. }) {
                run.update(|summary| summary.counts.flaky += 1)
                    .map_err(|error| trouble(&error))?;
            }
            run.event(Event::ValidationFinished {
                call: number,
                commit: commit.short().to_owned(),
                verdict: verdict.to_string(),
                good: verdict.is_good(),
                flaky: matches!(verdict, Verdict::Flaky { .. }),
                duration_ms: match &verdict {
                    Verdict::Green { lasted } => u64::try_from(lasted.as_millis()).ok(),
                    Verdict::NotAsked
                    | Verdict::Flaky { .. }
                    | Verdict::Red(_)
                    | Verdict::Stopped => None,
                },
            })
            .map_err(|error| trouble(&error))?;
            Ok(Proof {
                verdict,
                record: Some(files.directory),
                missing: missing(shop.disk, shop.site.root(), slot.dir()),
            })
        }
        Err(error) => Err(infra(role, &error).into()),
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
                lasted: std::time::Duration::ZERO,
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
    WorkFailure::again(role, FailureKind::ValidationFailed, story).with(Traces {
        agent: None,
        tests: proof.record.clone(),
    })
}

fn infra(role: CallRole, error: &ValidationError) -> WorkFailure {
    let story = piton_base::on_one_line(error);
    WorkFailure::again(role, FailureKind::ValidationInfraFailure, story)
}

/// Runs the set-up command where a slot needs it.
pub(super) fn set_up(
    shop: &Shop<'_>,
    slot: &Slot,
    record: &Path,
    token: &str,
    role: CallRole,
) -> Result<(), Halt> {
    let Some(setup) = &shop.slots.setup else {
        return Ok(());
    };
    let log = record.join("setup.log");
    setup
        .prepare(shop.disk, slot, &log, token, shop.stop, shop.clock)
        .map(drop)
        .map_err(|error| {
            if shop.stop.requested() {
                Halt::Stopped
            } else {
                Halt::trouble(role, &error)
            }
        })
}

fn missing(disk: &dyn DiskRead, user: &Path, slot: &Path) -> Vec<&'static str> {
    let there = |dir: &Path, name: &str| disk.stat(&dir.join(name)).is_ok_and(|it| it.is_some());
    OFTEN_MISSING
        .into_iter()
        .filter(|name| there(user, name) && !there(slot, name))
        .collect()
}
