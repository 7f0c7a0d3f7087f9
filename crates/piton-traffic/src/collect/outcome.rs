//! What a run is given, and what it comes to.

use std::collections::BTreeMap;

use super::day::Moment;
use crate::ordered::{Json, Object};

/// What a run is given besides GitHub's answers.
#[derive(Clone, Debug)]
pub struct Given {
    /// `OWNER/REPO`
    pub repository: String,
    pub now: Moment,
    /// Whether a push started it: then a fresh state is left alone.
    pub pushed: bool,
    /// How fresh that is, in minutes.
    pub fresh_minutes: i64,
    pub gist: Option<String>,
    pub state: StateRead,
    /// What the state was in earlier revisions, where that was looked up.
    pub past: Vec<Object>,
    pub archive_gist: Option<String>,
    /// The files of the archive gist; `None` where they could not be read.
    pub archive: Option<BTreeMap<String, Json>>,
}

/// What reading the state gave.
#[derive(Clone, Debug)]
pub enum StateRead {
    Read(Object),
    /// There is none in a gist of so many revisions.
    Missing {
        revisions: Option<u64>,
    },
    /// It is there, and is no JSON object.
    Damaged(String),
    Failed(String),
}

/// What a run comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Why the run must be seen to have failed; there may be something to
    /// write all the same.
    pub error: Option<String>,
    /// What a person can do about it.
    pub hint: Option<&'static str>,
    pub warnings: Vec<String>,
    /// Why there is nothing to write.
    pub skipped: Option<String>,
    pub writes: Vec<Write>,
}

impl Outcome {
    pub(super) fn refused(error: impl Into<String>) -> Self {
        Self {
            error: Some(error.into()),
            ..Self::default()
        }
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self {
            skipped: Some(why.into()),
            ..Self::default()
        }
    }
}

/// The files that one gist is given, all at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub target: Target,
    pub files: Vec<(String, Json)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Gist(String),
    /// A new public gist; only the original made one by itself.
    NewGist {
        description: String,
    },
}
