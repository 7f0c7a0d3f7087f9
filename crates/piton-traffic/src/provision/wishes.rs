//! What whoever sets tracking up wants, as the command line says it.

use std::collections::BTreeMap;
use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;
use piton_github::RepoName;
use piton_plan::{ConflictMode, SecretRef};

use crate::install::Install;

/// Where the collector's token comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenFrom {
    Variable(SecretRef),
    /// Somebody is asked, if somebody is there.
    Asked,
}

/// What becomes of a file that somebody changed, and what said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnConflict {
    pub mode: ConflictMode,
    pub because: &'static str,
}

/// Which gists are used, where none are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gists {
    Found,
    /// Others than those that are found.
    New,
    /// Others, which a run that was cut off may have made: there were these
    /// before it.
    NewBeside(Vec<String>),
}

/// Which parts are set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub variables: bool,
    pub files: bool,
    pub pages: bool,
    pub run: bool,
}

/// What flags and variables say of the repository.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub created: Option<String>,
    pub display_name: Option<String>,
    pub badge_gist: Option<String>,
    pub archive_gist: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Wishes {
    pub repository: RepoName,
    pub said: Said,
    /// Names of workflows; those known already where nothing is said.
    pub ci_workflows: Option<Vec<String>>,
    pub secret: String,
    pub token: TokenFrom,
    /// The token replaces one that is there.
    pub rotate: bool,
    pub gists: Gists,
    pub branch: Option<String>,
    pub schedule: Option<String>,
    pub install: Option<Install>,
    pub parts: Parts,
    pub on_conflict: OnConflict,
    /// Files get placeholders instead of names and gists.
    pub raw: bool,
    /// Says yes to replacing what differs.
    pub force: bool,
}

/// Where files are written.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    pub disk: &'a dyn DiskRead,
    /// The top of the repository's working tree.
    pub root: &'a Path,
    /// The user's list: the folder that it is below, and its name from there.
    pub list: (&'a Path, &'a RepoPath),
    /// What piton or the original wrote, of files that were edited since.
    pub earlier: &'a BTreeMap<String, String>,
}
