//! What one set-up looks like, wherever its parts are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use piton_github::RepoName;
use piton_github::endpoints::actions::Workflow;
use piton_github::endpoints::repository::Repository;
use piton_github::endpoints::runs::Run;

use crate::collect::{Moment, newest_capture};
use crate::ordered::{Json, Object};
use crate::provision::{Kind, SecretFound, SiteFound};
use crate::settings::{Entry, Project};
use crate::templates::Deployed;

/// Everything that was looked at.
#[derive(Clone, Debug)]
pub struct Survey {
    pub now: Moment,
    /// As GitHub calls it now, where GitHub was asked and knows it.
    pub repository: RepoName,
    /// `None` where there is none of that name, or it may not be seen.
    pub on_github: Option<Repository>,
    pub project: Option<Project>,
    pub entry: Option<Entry>,
    /// Who is signed in; `None` where nobody is.
    pub login: Option<String>,
    pub badge: GistState,
    pub archive: GistState,
    /// The values of the two variables; `None` where they cannot be read.
    pub variables: Option<[Option<String>; 2]>,
    /// The name of the secret that counts, and what is known of it.
    pub secret: (String, SecretFound),
    pub workflow: WorkflowState,
    /// The newest runs of the collector, newest first.
    pub runs: Vec<Run>,
    /// The workflow's text on the default branch.
    pub deployed: Option<String>,
    /// The names of the repository's workflows; `None` where unknown.
    pub workflows: Option<Vec<String>>,
    pub site: SiteFound,
    pub published: PageSeen,
    /// What the four files of the checkout are, where there is a checkout.
    pub files: Vec<LocalFile>,
}

/// A gist that belongs to the set-up.
#[derive(Clone, Debug)]
pub enum GistState {
    /// Nothing names one.
    NotNamed,
    /// It is named, and is not there.
    Gone {
        id: String,
        by: &'static str,
    },
    Unreadable {
        id: String,
        why: String,
    },
    Found(Box<GistSeen>),
}

#[derive(Clone, Debug)]
pub struct GistSeen {
    pub id: String,
    pub by: &'static str,
    pub description: String,
    pub public: bool,
    pub owner: String,
    pub revision: Option<String>,
    pub files: BTreeMap<String, FileSeen>,
}

/// One file of a gist.
#[derive(Clone, Debug)]
pub enum FileSeen {
    Json(Json),
    /// It is no JSON; why.
    Damaged(String),
    /// It could not be read as a whole; why.
    Cut(String),
}

/// The dashboard where everybody sees it.
#[derive(Clone, Debug)]
pub enum PageSeen {
    /// It was not looked at: nothing is published, or nobody wanted it.
    NotAsked,
    /// Nothing is there.
    Absent {
        address: String,
    },
    /// Nobody can tell: the way there failed.
    Unreachable {
        address: String,
        why: String,
    },
    Read {
        address: String,
        text: String,
    },
}

#[derive(Clone, Debug)]
pub enum WorkflowState {
    Missing,
    Unknown,
    Found(Workflow),
}

/// One of the four files in the checkout.
#[derive(Clone, Debug)]
pub struct LocalFile {
    pub path: &'static str,
    pub is: LocalState,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LocalState {
    Absent,
    /// Something may stand there; why it could not be read.
    Unreadable(String),
    There(Deployed),
}

impl GistState {
    pub fn found(&self) -> Option<&GistSeen> {
        match self {
            Self::Found(seen) => Some(seen),
            Self::NotNamed | Self::Gone { .. } | Self::Unreadable { .. } => None,
        }
    }

    /// Returns the id of one that is there and holds what this kind holds.
    pub fn of_kind(&self, kind: Kind) -> Option<&str> {
        let seen = self.found()?;
        let signed = seen.files.keys().any(|file| kind.signs(file));
        signed.then_some(seen.id.as_str())
    }

    pub fn id(&self) -> Option<&str> {
        match self {
            Self::NotNamed => None,
            Self::Gone { id, .. } | Self::Unreadable { id, .. } => Some(id),
            Self::Found(seen) => Some(&seen.id),
        }
    }
}

impl GistSeen {
    /// Returns a file that is a JSON object.
    pub(crate) fn object(&self, name: &str) -> Option<&Object> {
        match self.files.get(name)? {
            FileSeen::Json(json) => json.object(),
            FileSeen::Damaged(_) | FileSeen::Cut(_) => None,
        }
    }

    /// Returns all files that are JSON.
    pub fn all_json(&self) -> BTreeMap<String, Json> {
        self.files
            .iter()
            .filter_map(|(name, file)| match file {
                FileSeen::Json(json) => Some((name.clone(), json.clone())),
                FileSeen::Damaged(_) | FileSeen::Cut(_) => None,
            })
            .collect()
    }
}

impl Survey {
    /// Returns the state, where it can be read as a whole.
    pub fn state(&self) -> Option<&Object> {
        self.badge.found()?.object("state.json")
    }

    /// Returns when the newest row was captured.
    pub(crate) fn captured(&self) -> Option<Timestamp> {
        newest_capture(self.state()?).map(|moment| moment.0)
    }
}
