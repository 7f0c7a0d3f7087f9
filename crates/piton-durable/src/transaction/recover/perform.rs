//! Doing what was decided.

use super::super::area::{Area, Where};
use super::super::commit::{CommitFailure, CommitState, Committer, HookMoment, NoCommits};
use super::super::error::TransactionError;
use super::super::evidence::keep;
use super::super::intent::{Intent, Record, Step, sync};
use super::super::moves;
use super::super::site::Site;
use super::super::token::Token;
use super::decide::{End, Next, decide};
use super::observe::Found;
use super::report::{Deed, Recovered};
use super::sweep;
use crate::digest::TreeDigest;
use crate::disk::{Disk, DiskRead};
use crate::tree;

/// More steps than any transaction can need.
const STEPS: usize = 16;

/// Brings every transaction of this worktree that a dead process left behind
/// to its end, and says what it did. The caller holds the lock, so whatever is
/// found belongs to nobody alive.
pub fn recover(
    disk: &dyn Disk,
    site: &Site,
    committer: &dyn Committer,
) -> Result<Vec<Recovered>, TransactionError> {
    let mut recovered = Vec::new();
    for token in sweep::tokens(disk, site)? {
        match Intent::read(disk, site, &token)? {
            Record::None => {
                clean(disk, site, &token)?;
                recovered.push(Recovered::Leftovers { token });
            }
            Record::Whole(intent) if intent.worktree != site.worktree => {}
            Record::Whole(intent) => {
                let live = intent.live.clone();
                let operation = intent.operation.clone();
                let deeds = run(disk, site, &token, *intent, committer)?;
                recovered.push(Recovered::Publish {
                    live,
                    operation,
                    deeds,
                });
            }
            Record::Newer(version) => recovered.push(Recovered::Newer { token, version }),
            Record::Unreadable(reason) => {
                let kept = keep(disk, &site.transaction(&token), &site.failures())?;
                recovered.push(Recovered::Unreadable { reason, kept });
            }
        }
    }
    for token in sweep::strays(disk, site)? {
        clean(disk, site, &token)?;
        recovered.push(Recovered::Leftovers { token });
    }
    sweep::remove_if_empty(disk, &site.beside)?;
    Ok(recovered)
}

/// Undoes a transaction whose process is alive and well.
pub(crate) fn settle(
    disk: &dyn Disk,
    site: &Site,
    token: &Token,
    intent: &Intent,
    reason: &str,
) -> Result<Vec<Deed>, TransactionError> {
    let mut undoing = intent.clone();
    turn_back(disk, site, token, &mut undoing, reason.to_owned())?;
    run(disk, site, token, undoing, &NoCommits)
}

/// Says durably that the transaction is undone from here on.
fn turn_back(
    disk: &dyn Disk,
    site: &Site,
    token: &Token,
    intent: &mut Intent,
    reason: String,
) -> Result<(), TransactionError> {
    follow(disk, site, intent)?;
    intent.step = Step::Undoing { reason };
    intent.save(disk, site, token)
}

/// While hooks are at work, whatever is live is what they made of the new tree.
pub(crate) fn follow(
    disk: &dyn DiskRead,
    site: &Site,
    intent: &mut Intent,
) -> Result<(), TransactionError> {
    if intent.step != Step::Committing {
        return Ok(());
    }
    match TreeDigest::of(disk, &site.live(&intent.live)) {
        Ok(live) if live != TreeDigest::missing() && live != intent.base => intent.new = live,
        Err(error) if error.may_pass() => return Err(error.into()),
        // What cannot be a migration is left for the look at it to tell.
        Ok(_) | Err(_) => {}
    }
    Ok(())
}

/// Takes what hooks made of the new tree for the new tree, durably, and says
/// why not where it may not stand.
fn adopt(
    disk: &dyn Disk,
    site: &Site,
    token: &Token,
    intent: &mut Intent,
    committer: &dyn Committer,
) -> Result<(), String> {
    let live = site.live(&intent.live);
    let found = TreeDigest::of(disk, &live).map_err(|error| error.to_string())?;
    if found == intent.new {
        return Ok(());
    }
    follow(disk, site, intent).map_err(|error| error.to_string())?;
    intent
        .save(disk, site, token)
        .map_err(|error| error.to_string())?;
    if found == intent.new {
        committer.judge(&live)
    } else {
        Err("a hook removed the new version".into())
    }
}

/// Says durably that hooks are at work, and follows what they made.
pub(crate) fn around(
    disk: &dyn Disk,
    site: &Site,
    token: &Token,
    intent: &mut Intent,
    committer: &dyn Committer,
    moment: HookMoment,
) -> Result<(), CommitFailure> {
    match (moment, &intent.step) {
        (HookMoment::Before, Step::Prepared) => {
            intent.step = Step::Committing;
            intent
                .save(disk, site, token)
                .map_err(|error| CommitFailure::NotNow {
                    reason: error.to_string(),
                    source: Some(Box::new(error)),
                })
        }
        (HookMoment::Before, Step::Committing | Step::Undoing { .. }) => Ok(()),
        (HookMoment::After, _) => {
            adopt(disk, site, token, intent, committer).map_err(CommitFailure::Refused)
        }
    }
}

/// Forgets the intent, and removes whatever is left.
pub(crate) fn finish(disk: &dyn Disk, site: &Site, token: &Token) -> Result<(), TransactionError> {
    Intent::forget(disk, site, token)?;
    clean(disk, site, token)
}

/// Removes the trees and the directory of a transaction without an intent. The
/// trees elsewhere go first: the directory with the token is what finds them.
pub(crate) fn clean(disk: &dyn Disk, site: &Site, token: &Token) -> Result<(), TransactionError> {
    let beside = Area::dir(site, token, Where::Beside);
    if moves::there(disk, &beside)? {
        tree::remove(disk, &beside)?;
        sync(disk, &site.beside)?;
    }
    let dir = site.transaction(token);
    if moves::there(disk, &dir)? {
        // Waits for no disk: what a power cut brings back has no intent, and
        // the next recovery removes it.
        tree::remove(disk, &dir)?;
    }
    sweep::remove_if_empty(disk, &site.beside)
}

fn run(
    disk: &dyn Disk,
    site: &Site,
    token: &Token,
    mut intent: Intent,
    committer: &dyn Committer,
) -> Result<Vec<Deed>, TransactionError> {
    let area = Area::new(site, token, intent.at, &intent.live);
    let live = site.live(&intent.live);
    let mut deeds = Vec::new();
    for _ in 0..STEPS {
        let found = Found::observe(disk, &area, &live, &intent, committer)?;
        match decide(&intent, &found) {
            Next::Swap(place) => {
                moves::swap(disk, &area, place, &live)?;
                deeds.push(moved(&intent));
            }
            Next::Put(place) => {
                let back = found.at(place).is(&intent.base);
                moves::put(disk, &area, place, &live)?;
                deeds.push(if back { Deed::PutBack } else { moved(&intent) });
            }
            Next::Take(place) => {
                moves::take(disk, &area, place, &live)?;
                deeds.push(Deed::PutBack);
            }
            Next::Keep(place) => {
                let to = site.failures().join(token.as_str()).join(place.name());
                let path = keep(disk, &area.tree(place), &to)?;
                deeds.push(Deed::Kept { path });
            }
            Next::Commit => {
                if commit(disk, site, token, &mut intent, committer)? {
                    deeds.push(Deed::Committed);
                }
            }
            Next::Adopt => {
                if let Err(reason) = adopt(disk, site, token, &mut intent, committer) {
                    turn_back(disk, site, token, &mut intent, reason)?;
                }
            }
            Next::Finish(end) => {
                finish(disk, site, token)?;
                deeds.push(ended(end));
                return Ok(deeds);
            }
        }
    }
    Err(TransactionError::Restless { path: area.dir })
}

/// Makes the commit, and tells whether it was made here. One that is refused
/// turns the transaction back.
fn commit(
    disk: &dyn Disk,
    site: &Site,
    token: &Token,
    intent: &mut Intent,
    committer: &dyn Committer,
) -> Result<bool, TransactionError> {
    let Some(wanted) = intent.commit.clone() else {
        let path = Area::dir(site, token, intent.at);
        return Err(TransactionError::Restless { path });
    };
    let live = intent.live.clone();
    let failed = |source| TransactionError::Commit { live, source };
    let made = committer.commit(&wanted, &mut |moment| {
        around(disk, site, token, intent, committer, moment)
    });
    match made {
        Ok(_) => return Ok(true),
        Err(CommitFailure::Refused(reason)) => match committer.state(&wanted) {
            Ok(CommitState::Done) => {}
            Ok(CommitState::Wanted | CommitState::Misplaced(_)) => {
                turn_back(disk, site, token, intent, reason)?;
            }
            Err(error) => return Err(failed(error)),
        },
        Err(error) => return Err(failed(error)),
    }
    Ok(false)
}

fn moved(intent: &Intent) -> Deed {
    match intent.step {
        Step::Prepared | Step::Committing => Deed::Published,
        Step::Undoing { .. } => Deed::PutBack,
    }
}

fn ended(end: End) -> Deed {
    match end {
        End::Published => Deed::Finished,
        End::Uncommitted(reason) => Deed::LeftUncommitted { reason },
        End::Undone(reason) => Deed::Undone { reason },
        End::Undecided(reason) => Deed::LeftAlone { reason },
    }
}
