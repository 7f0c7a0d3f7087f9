//! Runs of workflows, with their jobs. Their ids need 64 bits.

use jiff::Timestamp;
use serde::Deserialize;

pub use super::standing::{Conclusion, Said, Stage, Standing};
use super::{below, wrapped};
use crate::error::Result;
use crate::forge::ForgeRead;
use crate::pages::Listing;
use crate::repo::RepoName;
use crate::request::{Get, Path};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Run {
    pub id: u64,
    pub node_id: String,
    #[serde(default)]
    pub name: Option<String>,
    /// What the run is called in listings: a distinct id is looked for here.
    #[serde(default)]
    pub display_title: String,
    pub html_url: String,
    pub workflow_id: u64,
    #[serde(default)]
    pub path: String,
    #[serde(default)]
    pub event: String,
    #[serde(default)]
    pub head_sha: Option<String>,
    #[serde(default)]
    pub status: Option<Said<Stage>>,
    #[serde(default)]
    pub conclusion: Option<Said<Conclusion>>,
    pub created_at: Timestamp,
    /// The workflows that its own one called, of whatever repository.
    #[serde(default)]
    pub referenced_workflows: Option<Vec<Referenced>>,
}

impl Run {
    /// Returns its conclusion, once it has one, else how far it is.
    pub fn standing(&self) -> Standing {
        match (&self.conclusion, &self.status) {
            (Some(how), _) => Standing::Ended(how.clone()),
            (None, Some(stage)) => Standing::Going(stage.clone()),
            (None, None) => Standing::Unknown,
        }
    }
}

/// A workflow that another one called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Referenced {
    /// `OWNER/NAME/.github/workflows/FILE@REF`.
    pub path: String,
    pub sha: String,
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, id: u64) -> Result<Run> {
    let path = below(repo, &["actions", "runs", &id.to_string()]);
    forge.read(&Get::new(path))
}

/// Lists runs, newest first; those created within `created` where given, in
/// GitHub's search form (`2026-01-31`, `2026-01-01..2026-01-31`).
pub fn list<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    created: Option<&str>,
) -> Listing<'a, Run> {
    let get = Get::new(below(repo, &["actions", "runs"])).in_full_pages();
    Listing::new(forge, get.with_any("created", created), wrapped)
}

/// Lists the runs of one workflow, newest first.
pub fn of_workflow<'a>(
    forge: &'a dyn ForgeRead,
    repo: &RepoName,
    file: &str,
    per_page: u32,
) -> Listing<'a, Run> {
    let get = Get::new(of(repo, file)).with("per_page", per_page);
    Listing::new(forge, get, wrapped)
}

/// Returns the runs of one workflow that are going on.
pub fn in_progress(forge: &dyn ForgeRead, repo: &RepoName, file: &str) -> Result<Vec<Run>> {
    let get = Get::new(of(repo, file));
    wrapped(&forge.get(&get.with("status", Stage::InProgress).with("per_page", 10))?)
}

fn of(repo: &RepoName, file: &str) -> Path {
    below(repo, &["actions", "workflows", file, "runs"])
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Job {
    pub id: u64,
    pub name: String,
    #[serde(default)]
    pub conclusion: Option<Said<Conclusion>>,
    #[serde(default)]
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Step {
    pub name: String,
    #[serde(default)]
    pub conclusion: Option<Said<Conclusion>>,
}

/// Lists the jobs of a run, of all its attempts.
pub fn jobs<'a>(forge: &'a dyn ForgeRead, repo: &RepoName, run: u64) -> Listing<'a, Job> {
    let path = below(repo, &["actions", "runs", &run.to_string(), "jobs"]);
    let get = Get::new(path).with("filter", "all").in_full_pages();
    Listing::new(forge, get, wrapped)
}
