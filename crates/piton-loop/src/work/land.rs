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
            Self::Lock(error) => error.hint().map(str::to_owned),
            Self::Hold(HoldError::Write(_) | HoldError::Name(_)) => None,
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
    let mut work = Work {
        shop,
        run,
        now: accepted.clone(),
    };
    if let Some(waits) = work.sign()? {
        return Ok(waits);
    }
    for _ in 0..REBASES {
        let mut still = shop.landings.still();
        let landing = once(shop, &work.now);
        if landing.is_ok() {
            still.landed(&work.now.base, &work.now.commit);
        }
        drop(still);
        let tip = match landing {
            Ok(how) => {
                hooks::after(shop, run, &work.now.commit);
                return work.landed(accepted, matches!(how, Landed::InTree { .. }));
            }
            Err(BringError::Land(LandError::Refused(Refusal::Moved { tip }))) => tip,
            // Killed between landing and letting go, its own files are in the
            // way.
            Err(BringError::Land(LandError::Refused(_))) if is_there(shop, &work.now)? => {
                return work.landed(accepted, true);
            }
            Err(BringError::Land(error @ LandError::Refused(_))) => {
                return Ok(Brought::Waits {
                    hint: Some(error.hint().unwrap_or_else(|| way_out(&work.now))),
                    reason: error.to_string(),
                });
            }
            Err(error) => return Err(error),
        };
        // Killed between landing and letting go, it is there already.
        if shop.repository.contains(&tip, &work.now.commit)? {
            return work.landed(accepted, true);
        }
        if let Some(elsewhere) = work.is_elsewhere(&tip)? {
            return Ok(elsewhere);
        }
        if let Some(brought) = work.put_on_top(tip)? {
            return Ok(brought);
        }
    }
    Ok(Brought::Waits {
        reason: "the branch moves faster than the work can be validated".to_owned(),
        hint: None,
    })
}

/// Work on its way. What it becomes is held before it is tried to land.
struct Work<'a, 'r> {
    shop: &'a Shop<'a>,
    run: &'a RunRecord<'r>,
    now: Accepted,
}

impl Work<'_, '_> {
    /// Signs it where the user signs; it waits where that fails.
    fn sign(&mut self) -> Result<Option<Brought>, BringError> {
        let (shop, work) = (self.shop, &mut self.now);
        let settings = shop.slots.git_settings(shop.disk, shop.repository)?;
        match sign(
            shop.repository,
            &settings,
            &work.commit,
            &work.base,
            shop.stop,
        )? {
            Signature::NotNeeded => Ok(None),
            Signature::Signed(commit) => {
                work.commit = commit;
                self.hold()?;
                Ok(None)
            }
            Signature::Failed(why) => {
                let hint = "check your signing key; the work waits and lands with the next command";
                Ok(Some(Brought::Waits {
                    reason: format!("it could not be signed: {why}"),
                    hint: Some(hint.to_owned()),
                }))
            }
        }
    }

    /// Lets go of what is there now.
    fn landed(&self, accepted: &Accepted, in_tree: bool) -> Result<Brought, BringError> {
        self.let_go()?;
        Ok(Brought::Landed {
            commit: self.now.commit.clone(),
            rebased: self.now.base != accepted.base,
            in_tree,
        })
    }

    /// Makes it wait where its place is not what is checked out: a branch is
    /// where it is, a HEAD on none is where the user looks now.
    fn is_elsewhere(&self, tip: &CommitId) -> Result<Option<Brought>, BringError> {
        let work = &self.now;
        if work.onto != Onto::Detached || self.shop.repository.contains(tip, &work.base)? {
            return Ok(None);
        }
        let (base, tip) = (work.base.short(), tip.short());
        Ok(Some(Brought::Waits {
            reason: format!("it was made on {base}, and {tip} is checked out"),
            hint: Some(way_out(work)),
        }))
    }

    /// Puts it on top of what came meanwhile, unless that leaves it unfit to
    /// land.
    fn put_on_top(&mut self, tip: CommitId) -> Result<Option<Brought>, BringError> {
        let Some(rebased) = rebase(self.shop, &self.now, tip)? else {
            self.let_go()?;
            return Ok(Some(Brought::Conflict));
        };
        if rebased.validated
            && let Some(brought) = self.validate(&rebased)?
        {
            return Ok(Some(brought));
        }
        self.now = rebased;
        self.hold()?;
        Ok(None)
    }

    fn validate(&self, rebased: &Accepted) -> Result<Option<Brought>, BringError> {
        let waits = |reason| Brought::Waits { reason, hint: None };
        let proof = prove::prove(self.shop, self.run, &rebased.commit, CallRole::Validation);
        Ok(match proof {
            Ok(proof) if proof.verdict.is_good() => None,
            Ok(proof) => {
                self.let_go()?;
                let story = prove::red(CallRole::Validation, &proof).story;
                Some(Brought::Red { story })
            }
            Err(Halt::Failed(failure)) => {
                let reason = format!("it could not be validated again: {failure}");
                Some(waits(reason))
            }
            Err(Halt::Ended(_)) => Some(waits("interrupted".to_owned())),
        })
    }

    fn hold(&self) -> Result<(), BringError> {
        let shop = self.shop;
        let held = self.now.hold(shop.disk, shop.repository, shop.site.state());
        Ok(held?)
    }

    fn let_go(&self) -> Result<(), BringError> {
        let shop = self.shop;
        let gone = self
            .now
            .release(shop.disk, shop.repository, shop.site.state());
        Ok(gone?)
    }
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
        "keep it with `git branch NAME {}`, or drop it with `git update-ref -d \
         refs/piton/unlanded/{}`",
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
            "Run `piton run` again: it starts from the last commit. `git show {}` shows what \
             was given up, until git removes it.",
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
