//! Bringing accepted work to its branch.

use std::time::Duration;

use piton_agent::CallRole;
use piton_base::StateDir;
use piton_durable::{Lock, LockError};
use piton_git::landing::{
    Known, LandError, Landed, Landing, Merged, Onto, Recovered, Refusal, Signature, branch_tip,
    commit_tree, differs, is_anything_left, land, merge_onto, recover, sign,
};
use piton_git::{CommitId, GitError, GitRead, Repository};

use super::accepted::{Accepted, HoldError};
use super::evidence::{self, Subject};
use super::failure::{Halt, WorkFailure};
use super::hooks;
use super::prove;
use super::shop::Shop;
use crate::failures::FailureKind;
use crate::runs::RunRecord;

/// How long landing waits for another piton to finish what it is writing.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often work is put on a branch that moves under it.
const REBASES: u32 = 5;

/// What came of bringing work to its branch.
#[derive(Clone, Debug, PartialEq)]
pub enum Brought {
    Landed {
        commit: CommitId,
        /// Whether the user had committed meanwhile.
        rebased: bool,
        /// Whether the branch is checked out here.
        in_tree: bool,
    },
    /// It is held and lands later.
    Waits {
        reason: String,
        hint: Option<String>,
    },
    /// The user changed the same places meanwhile; it was let go.
    Conflict,
    /// On top of what the user did meanwhile it is red; it was let go.
    Red { story: String },
}

/// Landing could not be tried. The work is held.
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Land(#[from] LandError),
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Hold(#[from] HoldError),
}

impl BringError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Land(error) => error.hint(),
            Self::Git(error) | Self::Hold(HoldError::Git(error)) => error.hint(),
            Self::Lock(_) | Self::Hold(HoldError::Write(_) | HoldError::Name(_)) => None,
        }
    }
}

/// Lands work, on top of what the user committed meanwhile if need be; that is
/// validated again, without a call.
pub fn bring(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    accepted: &Accepted,
) -> Result<Brought, BringError> {
    let hold = |work: &Accepted| work.hold(shop.disk, shop.repository, shop.site.state());
    let let_go = |work: &Accepted| work.release(shop.disk, shop.repository, shop.site.state());
    let landed = |work: &Accepted, in_tree: bool| -> Result<Brought, BringError> {
        let_go(work)?;
        Ok(Brought::Landed {
            commit: work.commit.clone(),
            rebased: work.base != accepted.base,
            in_tree,
        })
    };
    let mut work = accepted.clone();
    let settings = shop.slots.git_settings(shop.disk, shop.repository)?;
    let (repository, stop) = (shop.repository, shop.stop);
    match sign(repository, &settings, &work.commit, &work.base, stop)? {
        Signature::NotNeeded => {}
        Signature::Signed(commit) => {
            work.commit = commit;
            hold(&work)?;
        }
        Signature::Failed(why) => {
            let hint = "see to your signing key; the work waits and lands with the next command";
            return Ok(Brought::Waits {
                reason: format!("it could not be signed: {why}"),
                hint: Some(hint.to_owned()),
            });
        }
    }
    for _ in 0..REBASES {
        let mut still = shop.landings.still();
        let landing = once(shop, &work);
        if landing.is_ok() {
            still.landed(&work.base, &work.commit);
        }
        drop(still);
        let tip = match landing {
            Ok(how) => {
                hooks::after(shop, run, &work.commit);
                return landed(&work, matches!(how, Landed::InTree { .. }));
            }
            Err(BringError::Land(LandError::Refused(Refusal::Moved { tip }))) => tip,
            // Killed between landing and letting go, its own files are in the
            // way.
            Err(BringError::Land(LandError::Refused(_))) if is_there(shop, &work)? => {
                return landed(&work, true);
            }
            Err(BringError::Land(error @ LandError::Refused(_))) => {
                return Ok(Brought::Waits {
                    hint: Some(error.hint().unwrap_or_else(|| way_out(&work))),
                    reason: error.to_string(),
                });
            }
            Err(error) => return Err(error),
        };
        // Killed between landing and letting go, it is there already.
        if repository.contains(&tip, &work.commit)? {
            return landed(&work, true);
        }
        // A branch is where it is. A HEAD on none is where the user looks now.
        if work.onto == Onto::Detached && !repository.contains(&tip, &work.base)? {
            return Ok(Brought::Waits {
                reason: format!(
                    "it was made on {}, and {} is checked out",
                    work.base.short(),
                    tip.short()
                ),
                hint: Some(way_out(&work)),
            });
        }
        let Some(rebased) = rebase(shop, &work, tip)? else {
            let_go(&work)?;
            return Ok(Brought::Conflict);
        };
        if rebased.validated {
            let waits = |reason| {
                let hint = None;
                Ok(Brought::Waits { reason, hint })
            };
            match prove::prove(shop, run, &rebased.commit, CallRole::Validation) {
                Ok(proof) if proof.verdict.is_good() => {}
                Ok(proof) => {
                    let_go(&work)?;
                    let story = prove::red(CallRole::Validation, &proof).story;
                    return Ok(Brought::Red { story });
                }
                Err(Halt::Failed(failure)) => {
                    return waits(format!("it could not be validated again: {failure}"));
                }
                Err(Halt::Ended(_)) => return waits("interrupted".to_owned()),
            }
        }
        hold(&rebased)?;
        work = rebased;
    }
    Ok(Brought::Waits {
        reason: "the branch moves faster than the work can be validated".to_owned(),
        hint: None,
    })
}

/// Puts work on top of what came meanwhile; none where both changed the same.
fn rebase(shop: &Shop<'_>, work: &Accepted, tip: CommitId) -> Result<Option<Accepted>, BringError> {
    let repository = shop.repository;
    // A migration that somebody took further meanwhile is not what the work was
    // about, even where the texts would merge.
    if let Some(slug) = &work.slug {
        let dir = format!("{}/{slug}", shop.site.migrations());
        if differs(repository, &work.base, &tip, &dir)? {
            return Ok(None);
        }
    }
    let Merged::Clean(tree) = merge_onto(repository, &work.base, &work.commit, &tip)? else {
        return Ok(None);
    };
    let message = repository.message(&work.commit)?;
    let commit = commit_tree(repository, &tree, &tip, &message, shop.stop)?;
    Ok(Some(Accepted {
        base: tip,
        commit,
        ..work.clone()
    }))
}

/// Says what becomes of work whose place is not there.
fn way_out(work: &Accepted) -> String {
    format!(
        "keep it with `git branch NAME {}`, or let go of it with `git update-ref -d refs/piton/unlanded/{}`",
        work.commit.short(),
        work.name
    )
}

/// Whether the branch holds the work already.
fn is_there(shop: &Shop<'_>, work: &Accepted) -> Result<bool, BringError> {
    let tip = match &work.onto {
        Onto::Branch(name) => branch_tip(shop.repository, name)?,
        Onto::Detached => shop.repository.head()?,
    };
    let holds = |tip| shop.repository.contains(&tip, &work.commit);
    Ok(tip.map(holds).transpose()?.unwrap_or(false))
}

/// Keeps what there is of accepted work that was let go. The commit stays in
/// git's objects for a while; the snapshot names it.
pub fn let_go(
    shop: &Shop<'_>,
    run: &RunRecord<'_>,
    work: &Accepted,
    attempt: u32,
    kind: FailureKind,
    story: &str,
) {
    let role = CallRole::Validation;
    let effort = shop.budget.for_call();
    let subject = Subject {
        attempt,
        retry: 1,
        target: work.target(),
        phase_reached: "landing",
        effort: &effort,
        next_step: format!(
            "Run `piton run` again: it starts from the last commit. `git show {}` shows what was let go, until git clears it away.",
            work.commit.short()
        ),
    };
    let failure = WorkFailure::again(role, kind, story).last_word();
    evidence::keep(shop, run, &subject, &failure);
}

fn once(shop: &Shop<'_>, work: &Accepted) -> Result<Landed, BringError> {
    let _held = Lock::at(StateDir::at(shop.site.state()).lock()).acquire(&shop.holder, PATIENCE)?;
    let why = format!("piton: {}", work.subject);
    let settings = shop.slots.git_settings(shop.disk, shop.repository)?;
    let attributes = shop.slots.attributes();
    Ok(land(
        shop.disk,
        shop.repository,
        &Landing {
            onto: &work.onto,
            base: &work.base,
            commit: &work.commit,
            notes: &notes(shop.site.state()),
            token: &work.name,
            why: &why,
            filters: shop.slots.home.filters(),
            known: Some(Known {
                settings: &settings,
                attributes: &attributes,
                now: shop.clock.now().as_second(),
            }),
        },
    )?)
}

/// Returns where landings under way leave their notes.
pub fn notes(state: &std::path::Path) -> std::path::PathBuf {
    StateDir::at(state).landings()
}

/// Finishes or puts back what a dead process left half landed.
pub fn settle(
    disk: &dyn piton_durable::Disk,
    repository: &Repository,
    state: &std::path::Path,
    holder: &piton_durable::Holder,
) -> Result<Vec<Recovered>, BringError> {
    let notes = notes(state);
    if !is_anything_left(disk, repository, &notes) {
        return Ok(Vec::new());
    }
    let _held = Lock::at(StateDir::at(state).lock()).acquire(holder, PATIENCE)?;
    Ok(recover(disk, repository, &notes)?)
}
