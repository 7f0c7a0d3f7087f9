//! What GitHub answered, each source by itself: its data, or why there is none.

use std::collections::BTreeMap;

use jiff::Timestamp;
use piton_github::endpoints::runs::{Conclusion, Said};

use super::day::{Day, Moment};

/// One source: its data, or the reason for which there is none.
pub type Answer<T> = Result<T, String>;

/// Everything that one run asked.
#[derive(Clone, Debug)]
pub struct Answers {
    pub releases: Answer<Vec<ReleaseSeen>>,
    pub clones: Answer<Vec<DayCount>>,
    pub views: Answer<Vec<DayCount>>,
    pub repo: Answer<RepoSeen>,
    pub referrers: Answer<Vec<Referrer>>,
    pub paths: Answer<Vec<Popular>>,
    /// The runs of workflows of the days that were asked for.
    pub runs: BTreeMap<Day, RunsSeen>,
    /// When the token ends, if it does.
    pub token_expires: Option<Timestamp>,
    /// When stars came; `None` where it was not asked.
    pub stars: Option<Answer<StarsSeen>>,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            releases: Ok(Vec::new()),
            clones: Ok(Vec::new()),
            views: Ok(Vec::new()),
            repo: Ok(RepoSeen::default()),
            referrers: Ok(Vec::new()),
            paths: Ok(Vec::new()),
            runs: BTreeMap::new(),
            token_expires: None,
            stars: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseSeen {
    pub tag: String,
    pub assets: Vec<AssetSeen>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetSeen {
    pub id: Option<u64>,
    pub name: String,
    pub downloads: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayCount {
    /// As GitHub writes it.
    pub timestamp: String,
    pub day: Day,
    pub count: i64,
    pub uniques: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepoSeen {
    pub stars: Option<i64>,
    pub forks: Option<i64>,
    pub open_issues: Option<i64>,
    pub created_at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referrer {
    pub source: String,
    pub count: i64,
    pub uniques: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Popular {
    pub path: String,
    pub title: String,
    pub count: i64,
    pub uniques: i64,
}

/// How many of today's stars came on which days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StarsSeen {
    pub(crate) gained: BTreeMap<Day, i64>,
    /// The first day that was asked for; `None` where all were.
    pub(crate) since: Option<Day>,
}

impl StarsSeen {
    /// Counts stars whose moments are known.
    pub fn of(moments: impl IntoIterator<Item = Timestamp>) -> Self {
        let mut gained = BTreeMap::new();
        for at in moments {
            *gained.entry(Moment(at).day()).or_default() += 1;
        }
        Self {
            gained,
            since: None,
        }
    }
}

/// The runs of one day, as far as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunsSeen {
    pub runs: Vec<RunSeen>,
    /// Why there are not all of them.
    pub failed: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSeen {
    pub name: String,
    pub jobs: Vec<JobSeen>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobSeen {
    pub name: String,
    pub steps: Vec<StepSeen>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepSeen {
    pub name: String,
    pub conclusion: Option<Said<Conclusion>>,
    /// How many clones it made as the files of the workflow say it, where its
    /// name does not.
    pub clones: i64,
}

impl StepSeen {
    /// Whether its name is one that checking out has by itself.
    pub(crate) fn is_checkout(&self) -> bool {
        let name = self.name.to_lowercase();
        name == "checkout"
            || name.starts_with("actions/checkout")
            || name.starts_with("run actions/checkout")
    }

    /// Whether it did its work: one that was skipped made no clone.
    pub(crate) fn ran(&self) -> bool {
        !matches!(
            self.conclusion,
            Some(Said::Known(Conclusion::Skipped | Conclusion::Cancelled))
        )
    }
}
