//! What is there, before anything is decided.

use std::collections::BTreeMap;

use jiff::Timestamp;
use piton_github::endpoints::repository::Repository;
use piton_github::endpoints::site;

use crate::ordered::Object;
use crate::settings::{Global, Project};

/// Everything that deciding looks at.
#[derive(Clone, Debug)]
pub struct Facts {
    pub login: String,
    /// `None` where there is none of that name, or the token may not know.
    pub repository: Option<Repository>,
    /// The values of the two variables; `None` where they cannot be read.
    pub variables: Option<[Option<String>; 2]>,
    pub secret: SecretFound,
    pub badge: GistFound,
    pub archive: GistFound,
    pub site: SiteFound,
    /// The names of the repository's workflows; `None` where they cannot be read.
    pub workflows: Option<Vec<String>>,
    /// Whether the collector's workflow is on the default branch.
    pub deployed: bool,
    pub project: Project,
    pub global: Global,
    /// The day of today, for dates that are ahead.
    pub today: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum GistFound {
    None,
    /// New ones are wanted; these are of the same description.
    Unwanted(Vec<String>),
    One(Candidate),
    /// Several that are named in different places.
    Several(Vec<Candidate>),
}

/// A gist that may be the one.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub id: String,
    /// What names it.
    pub named: &'static str,
    pub description: String,
    pub public: bool,
    pub owner: String,
    /// Its files: whether each is JSON.
    pub files: BTreeMap<String, bool>,
    /// The state in it, if it has one that can be read.
    pub state: Option<Object>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretFound {
    Absent,
    Present {
        set: Option<Timestamp>,
    },
    /// The token may not look.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteFound {
    Off,
    On(Option<site::Source>),
    Unknown,
}
