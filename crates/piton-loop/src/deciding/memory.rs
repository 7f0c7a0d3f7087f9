//! What a run remembers of what it tried.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use piton_migration::slug::Slug;

/// What came of one thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A commit landed.
    Landed,
    /// Work was accepted, and waits to land.
    Waits { work: String, reason: String },
    /// The agent found nothing to change.
    Unchanged,
    /// It failed, whosever fault that was.
    Failed {
        reason: String,
        until: Option<Timestamp>,
    },
    /// It was put off before any work was done.
    PutOff {
        reason: String,
        until: Option<Timestamp>,
    },
    /// The provider gives no more for now; that is nobody's failure.
    OutOfQuota { until: Option<Timestamp> },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    Migration(Slug),
    Source,
    /// Accepted work of an earlier time, which counts as no action.
    Landing(String),
}

/// Why a run leaves a migration alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    pub(crate) reason: String,
    /// Without a time, for as long as the run lasts.
    pub(crate) until: Option<Timestamp>,
}

/// What a run has used up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    pub seconds: u64,
    pub tokens: u64,
    pub dollars: f64,
    /// As much of it as was spent since midnight.
    pub dollars_today: f64,
}

/// Whether the agent's provider gives more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quota {
    #[default]
    Open,
    /// Until then, as far as that is known.
    UsedUp { until: Option<Timestamp> },
}

/// What is being worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct UnderWay {
    migrations: BTreeSet<Slug>,
    sources: u32,
}

/// What a run has tried so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    actions: u32,
    sources: u32,
    failures_in_a_row: u32,
    failed: bool,
    /// Whether anything at all was accepted.
    accepted: bool,
    aside: BTreeMap<Slug, SetAside>,
    /// What is being worked on at this moment.
    under_way: UnderWay,
    waiting: BTreeSet<String>,
    quota: Quota,
    /// How often in a row the provider gave no more.
    quota_waits: u32,
    /// Whether anything was begun since it said so last.
    asked_since: bool,
    /// Nothing is begun before this time.
    pub rest_until: Option<Timestamp>,
    pub spent: Spent,
}

impl Memory {
    /// Takes in that work on something has begun. Until something came of it
    /// nobody else begins on the same.
    pub fn begin(&mut self, tried: &Tried) {
        self.asked_since = true;
        match tried {
            Tried::Migration(slug) => {
                self.under_way.migrations.insert(slug.clone());
            }
            // A target that was taken up is never taken up again in this run,
            // whatever comes of it: nothing an agent does can hold a run up.
            Tried::Source => {
                self.sources += 1;
                self.under_way.sources += 1;
            }
            Tried::Landing(_) => {}
        }
    }

    /// Passes over what comes before a place in the supply of targets, for as
    /// long as the run lasts.
    pub fn pass_to(&mut self, place: u32) {
        self.sources = self.sources.max(place);
    }

    /// Takes in that something that had begun came to nothing of its own doing.
    pub fn forget(&mut self, tried: &Tried) {
        match tried {
            Tried::Migration(slug) => {
                self.under_way.migrations.remove(slug);
            }
            Tried::Source => self.under_way.sources = self.under_way.sources.saturating_sub(1),
            Tried::Landing(_) => {}
        }
    }

    /// Takes in what came of something that was tried.
    pub fn remember(&mut self, tried: &Tried, outcome: &Outcome) {
        self.forget(tried);
        let spends_an_action = match tried {
            Tried::Migration(_) | Tried::Source => match outcome {
                Outcome::Landed
                | Outcome::Waits { .. }
                | Outcome::Unchanged
                | Outcome::Failed { .. } => true,
                Outcome::PutOff { .. } | Outcome::OutOfQuota { .. } => false,
            },
            Tried::Landing(_) => false,
        };
        self.actions += u32::from(spends_an_action);
        match outcome {
            Outcome::Landed | Outcome::Waits { .. } => {
                self.failures_in_a_row = 0;
                self.failed = false;
                // What an earlier run did is no success of this one.
                self.accepted |= spends_an_action;
                self.quota_waits = 0;
            }
            Outcome::Failed { .. } => {
                self.failures_in_a_row += 1;
                self.failed = true;
            }
            Outcome::OutOfQuota { until } => {
                // Of several that were under way, the first one is told for all.
                let earlier = self.limit_of_this_round().flatten();
                self.quota_waits += u32::from(self.limit_of_this_round().is_none());
                self.asked_since = false;
                self.quota = Quota::UsedUp {
                    until: (*until).max(earlier),
                };
            }
            Outcome::Unchanged | Outcome::PutOff { .. } => {}
        }
        if let Outcome::Waits { work, .. } = outcome {
            self.waiting.insert(work.clone());
        }
        match tried {
            Tried::Migration(slug) => self.place(slug, outcome),
            Tried::Source => {}
            Tried::Landing(work) => match outcome {
                Outcome::Landed => {
                    self.waiting.remove(work);
                }
                Outcome::Waits { .. }
                | Outcome::Unchanged
                | Outcome::Failed { .. }
                | Outcome::PutOff { .. }
                | Outcome::OutOfQuota { .. } => {
                    self.waiting.insert(work.clone());
                }
            },
        }
    }

    fn place(&mut self, slug: &Slug, outcome: &Outcome) {
        let aside = match outcome {
            Outcome::Landed => None,
            Outcome::Unchanged => Some(("nothing had to be changed", None)),
            Outcome::Waits { reason, .. } => Some((reason.as_str(), None)),
            Outcome::Failed { reason, until } | Outcome::PutOff { reason, until } => {
                Some((reason.as_str(), *until))
            }
            Outcome::OutOfQuota { .. } => return,
        };
        match aside {
            Some((reason, until)) => {
                let reason = reason.to_owned();
                self.aside.insert(slug.clone(), SetAside { reason, until });
            }
            None => {
                self.aside.remove(slug);
            }
        }
    }

    /// Returns why this run leaves a migration alone, if it does.
    pub(crate) fn set_aside(&self, slug: &Slug, now: Timestamp) -> Option<&SetAside> {
        let aside = self.aside.get(slug)?;
        aside.until.is_none_or(|until| until > now).then_some(aside)
    }

    /// Whether somebody of this run works on a migration now.
    pub fn is_under_way(&self, slug: &Slug) -> bool {
        self.under_way.migrations.contains(slug)
    }

    /// Returns how many things are being worked on.
    pub fn under_way(&self) -> u32 {
        let migrations = self.under_way.migrations.len();
        u32::try_from(migrations)
            .unwrap_or(u32::MAX)
            .saturating_add(self.under_way.sources)
    }

    /// Whether landing this work was tried, and it has to wait.
    pub fn waits(&self, work: &str) -> bool {
        self.waiting.contains(work)
    }

    pub fn anything_waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub fn actions(&self) -> u32 {
        self.actions
    }

    /// Returns how many targets were taken up or passed over.
    pub fn sources(&self) -> u32 {
        self.sources
    }

    pub fn failures_in_a_row(&self) -> u32 {
        self.failures_in_a_row
    }

    /// Whether the last thing that came to an end was a failure.
    pub(crate) fn ended_in_failure(&self) -> bool {
        self.failed
    }

    /// Whether something failed, and nothing was accepted.
    pub(crate) fn came_to_nothing_but_failures(&self) -> bool {
        self.failures_in_a_row > 0 && !self.accepted
    }

    /// Takes in what an earlier run knew of the provider.
    pub fn know_quota(&mut self, quota: Quota) {
        self.quota = quota;
    }

    /// Returns what was said of the limit already, where nothing was begun since:
    /// others that were under way hear of the same limit.
    pub fn limit_of_this_round(&self) -> Option<Option<Timestamp>> {
        match self.quota {
            Quota::UsedUp { until } if !self.asked_since => Some(until),
            Quota::UsedUp { .. } | Quota::Open => None,
        }
    }

    pub fn quota_waits(&self) -> u32 {
        self.quota_waits
    }

    pub fn quota(&self) -> Quota {
        self.quota
    }
}
