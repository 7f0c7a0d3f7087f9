//! What the fake holds. Tests look at it afterwards.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

#[derive(Clone, Debug, Default)]
pub struct World {
    /// By name in lower case.
    pub repos: BTreeMap<String, Repo>,
    pub gists: BTreeMap<String, Gist>,
    /// Former names in lower case, and what they became.
    pub renamed: BTreeMap<String, String>,
    /// Known tokens. Others are `login`'s and may do everything, unless they
    /// begin with `bad`.
    pub tokens: BTreeMap<String, Rights>,
    pub login: String,
    /// Files of gists beyond this size come cut off.
    pub gist_cut: usize,
    /// Whether a dispatch tells the run that it started.
    pub run_details: bool,
    pub(super) next: u64,
}

/// What a token may do.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    pub login: String,
    /// Everything, or these families only.
    pub permissions: Option<BTreeMap<&'static str, Right>>,
    /// As GitHub writes it: `2026-12-25 10:00:00 UTC`.
    pub expires: Option<String>,
    /// Whether it is the token of a job.
    pub bot: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    Read,
    Write,
}

#[derive(Clone, Debug, Default)]
pub struct Repo {
    pub id: u64,
    pub full_name: String,
    pub private: bool,
    pub fork: bool,
    pub default_branch: String,
    pub created_at: Timestamp,
    pub stars: Vec<Timestamp>,
    pub forks: u64,
    pub issues: BTreeMap<u64, Issue>,
    pub deleted: Vec<u64>,
    pub comments: BTreeMap<u64, Comment>,
    /// The versions of those that were edited, oldest first.
    pub(super) comment_versions: BTreeMap<u64, Vec<(String, Timestamp, String)>>,
    /// By name in lower case: name, colour, description.
    pub labels: BTreeMap<String, (String, String, String)>,
    /// Full names of references, and commits.
    pub refs: BTreeMap<String, String>,
    pub(super) trees: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) commits: BTreeMap<String, CommitObject>,
    pub workflows: BTreeMap<String, Workflow>,
    pub runs: BTreeMap<u64, Run>,
    pub variables: BTreeMap<String, String>,
    /// The sealed texts, by name.
    pub secrets: BTreeMap<String, String>,
    /// The id and the key, in base64, that secrets are sealed with.
    pub public_key: (String, String),
    /// `clones`, `views`, `referrers`, `paths`, as GitHub gives them.
    pub traffic: BTreeMap<String, Vec<Value>>,
    pub releases: Vec<Release>,
    /// Branch and folder of the site.
    pub pages: Option<(String, String)>,
}

#[derive(Clone, Debug)]
pub(super) struct CommitObject {
    pub(super) message: String,
    pub(super) tree: String,
    pub(super) parents: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Issue {
    pub title: String,
    pub body: String,
    pub open: bool,
    pub state_reason: Option<String>,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
    pub user: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub pull: Option<PullSide>,
    /// Who wrote the body, and what: oldest first.
    pub versions: Vec<(String, Timestamp, String)>,
}

/// What makes an issue a pull request.
#[derive(Clone, Debug)]
pub struct PullSide {
    pub head: String,
    pub base: String,
    pub draft: bool,
    pub merged: bool,
}

#[derive(Clone, Debug)]
pub struct Comment {
    pub issue: u64,
    pub body: String,
    pub user: String,
    pub association: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct Workflow {
    pub id: u64,
    pub name: String,
    pub state: String,
    /// How a run is called: `${{ inputs.NAME }}` is filled in.
    pub run_name: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Run {
    pub name: String,
    pub title: String,
    pub workflow_id: u64,
    pub path: String,
    pub event: String,
    pub branch: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub created_at: Timestamp,
    pub attempt: u64,
    pub jobs: Vec<Job>,
    /// The workflows that were called: where they are, and their commit.
    pub referenced: Vec<(String, String)>,
    pub inputs: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default)]
pub struct Job {
    pub name: String,
    pub attempt: u64,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub name: String,
    pub conclusion: String,
}

#[derive(Clone, Debug)]
pub struct Release {
    pub tag: String,
    pub draft: bool,
    /// Id, name, downloads.
    pub assets: Vec<(u64, String, u64)>,
}

#[derive(Clone, Debug)]
pub struct Gist {
    pub description: String,
    pub public: bool,
    pub owner: String,
    pub files: BTreeMap<String, String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub revisions: u64,
    /// The files of earlier revisions, by their number, with the moment.
    pub past: BTreeMap<u64, (Timestamp, BTreeMap<String, String>)>,
}
