//! Doing what was decided.

use super::super::area::{Area, Where};
use super::super::commit::{CommitFailure, CommitState, Committer, HookMoment, NoCommits};
use super::super::error::TransactionError;
use super::super::evidence::keep;
use super::super::intent::{Intent, Record, Step, sync};
use super::super::moves;
use super::super::ongoing::Ongoing;
use super::super::site::Site;
use super::decide::{End, Next, decide};
use super::observe::Found;
use super::report::{Deed, Recovered};
use super::sweep;
use crate::digest::TreeDigest;
use crate::disk::Disk;
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
        let ongoing = Ongoing::new(disk, site, &token);
        match Intent::read(disk, site, &token)? {
            Record::None => {
                ongoing.clean()?;
                recovered.push(Recovered::Leftovers { token });
            }
            Record::Whole(intent) if intent.worktree != site.worktree => {}
            Record::Whole(intent) => {
                let live = intent.live.clone();
                let operation = intent.operation.clone();
                let deeds = ongoing.run(*intent, committer)?;
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
        let stray = Ongoing::new(disk, site, &token);
        stray.clean()?;
        recovered.push(Recovered::Leftovers { token });
    }
    sweep::remove_if_empty(disk, &site.beside)?;
    Ok(recovered)
}

impl Ongoing<'_> {
    /// Undoes a transaction whose process is alive and well.
    pub(crate) fn settle(
        self,
        intent: &Intent,
        reason: &str,
    ) -> Result<Vec<Deed>, TransactionError> {
        let mut undoing = intent.clone();
        self.turn_back(&mut undoing, reason.to_owned())?;
        self.run(undoing, &NoCommits)
    }

    /// Says durably that the transaction is undone from here on.
    fn turn_back(self, intent: &mut Intent, reason: String) -> Result<(), TransactionError> {
        self.follow(intent)?;
        intent.step = Step::Undoing { reason };
        intent.save(self)
    }

    /// While hooks are at work, whatever is live is what they made of the new tree.
    fn follow(self, intent: &mut Intent) -> Result<(), TransactionError> {
        if intent.step != Step::Committing {
            return Ok(());
        }
        match TreeDigest::of(self.disk, &self.site.live(&intent.live)) {
            Ok(live) if live != TreeDigest::missing() && live != intent.base => intent.new = live,
            Err(error) if error.may_pass() => return Err(error.into()),
            // What cannot be a migration is left for the look at it to tell.
            Ok(_) | Err(_) => {}
        }
        Ok(())
    }

    /// Takes what hooks made of the new tree for the new tree, durably, and says
    /// why not where it may not stand.
    fn adopt(self, intent: &mut Intent, committer: &dyn Committer) -> Result<(), String> {
        let live = self.site.live(&intent.live);
        let found = TreeDigest::of(self.disk, &live).map_err(|error| error.to_string())?;
        if found == intent.new {
            return Ok(());
        }
        self.follow(intent).map_err(|error| error.to_string())?;
        intent.save(self).map_err(|error| error.to_string())?;
        if found == intent.new {
            committer.judge(&live)
        } else {
            Err("a hook removed the new version".into())
        }
    }

    /// Says durably that hooks are at work, and follows what they made.
    pub(crate) fn around(
        self,
        intent: &mut Intent,
        committer: &dyn Committer,
        moment: HookMoment,
    ) -> Result<(), CommitFailure> {
        match (moment, &intent.step) {
            (HookMoment::Before, Step::Prepared) => {
                intent.step = Step::Committing;
                intent.save(self).map_err(|error| CommitFailure::NotNow {
                    reason: error.to_string(),
                    source: Some(Box::new(error)),
                })
            }
            (HookMoment::Before, Step::Committing | Step::Undoing { .. }) => Ok(()),
            (HookMoment::After, _) => self
                .adopt(intent, committer)
                .map_err(CommitFailure::Refused),
        }
    }

    /// Forgets the intent, and removes whatever is left.
    pub(crate) fn finish(self) -> Result<(), TransactionError> {
        Intent::forget(self)?;
        self.clean()
    }

    /// Removes the trees and the directory of a transaction without an intent. The
    /// trees elsewhere go first: the directory with the token is what finds them.
    pub(crate) fn clean(self) -> Result<(), TransactionError> {
        let beside = Area::dir(self.site, self.token, Where::Beside);
        if moves::there(self.disk, &beside)? {
            tree::remove(self.disk, &beside)?;
            sync(self.disk, &self.site.beside)?;
        }
        let dir = self.site.transaction(self.token);
        if moves::there(self.disk, &dir)? {
            // Waits for no disk: what a power cut brings back has no intent, and
            // the next recovery removes it.
            tree::remove(self.disk, &dir)?;
        }
        sweep::remove_if_empty(self.disk, &self.site.beside)
    }

    fn run(
        self,
        mut intent: Intent,
        committer: &dyn Committer,
    ) -> Result<Vec<Deed>, TransactionError> {
        let area = Area::new(self.site, self.token, intent.at, &intent.live);
        let live = self.site.live(&intent.live);
        let mut deeds = Vec::new();
        for _ in 0..STEPS {
            let found = Found::observe(self.disk, &area, &live, &intent, committer)?;
            match decide(&intent, &found) {
                Next::Swap(place) => {
                    moves::swap(self.disk, &area, place, &live)?;
                    deeds.push(moved(&intent));
                }
                Next::Put(place) => {
                    let back = found.at(place).is(&intent.base);
                    moves::put(self.disk, &area, place, &live)?;
                    deeds.push(if back { Deed::PutBack } else { moved(&intent) });
                }
                Next::Take(place) => {
                    moves::take(self.disk, &area, place, &live)?;
                    deeds.push(Deed::PutBack);
                }
                Next::Keep(place) => {
                    let to = self
                        .site
                        .failures()
                        .join(self.token.as_str())
                        .join(place.name());
                    let path = keep(self.disk, &area.tree(place), &to)?;
                    deeds.push(Deed::Kept { path });
                }
                Next::Commit => {
                    if self.commit(&mut intent, committer)? {
                        deeds.push(Deed::Committed);
                    }
                }
                Next::Adopt => {
                    if let Err(reason) = self.adopt(&mut intent, committer) {
                        self.turn_back(&mut intent, reason)?;
                    }
                }
                Next::Finish(end) => {
                    self.finish()?;
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
        self,
        intent: &mut Intent,
        committer: &dyn Committer,
    ) -> Result<bool, TransactionError> {
        let Some(wanted) = intent.commit.clone() else {
            let path = Area::dir(self.site, self.token, intent.at);
            return Err(TransactionError::Restless { path });
        };
        let live = intent.live.clone();
        let failed = |source| TransactionError::Commit { live, source };
        let made = committer.commit(&wanted, &mut |moment| {
            self.around(intent, committer, moment)
        });
        match made {
            Ok(_) => return Ok(true),
            Err(CommitFailure::Refused(reason)) => match committer.state(&wanted) {
                Ok(CommitState::Done) => {}
                Ok(CommitState::Wanted | CommitState::Misplaced(_)) => {
                    self.turn_back(intent, reason)?;
                }
                Err(error) => return Err(failed(error)),
            },
            Err(error) => return Err(failed(error)),
        }
        Ok(false)
    }
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
