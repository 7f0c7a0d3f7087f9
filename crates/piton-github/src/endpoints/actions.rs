//! Workflows, and starting them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::{below, wrapped};
use crate::error::Result;
use crate::forge::{Forge, ForgeRead};
use crate::pages::Listing;
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Repeat};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Workflow {
    pub id: u64,
    pub name: String,
    pub path: String,
    /// `active`, `disabled_inactivity`, `disabled_manually` and others.
    pub state: String,
}

impl Workflow {
    pub fn active(&self) -> bool {
        self.state == "active"
    }
}

pub fn list<'a>(forge: &'a dyn ForgeRead, repo: &RepoName) -> Listing<'a, Workflow> {
    let get = Get::new(below(repo, &["actions", "workflows"])).in_full_pages();
    Listing::new(forge, get, wrapped)
}

/// Returns a workflow by the name of its file, or by its id.
pub fn get(forge: &dyn ForgeRead, repo: &RepoName, file: &str) -> Result<Workflow> {
    forge.read(&Get::new(below(repo, &["actions", "workflows", file])))
}

/// Enables a workflow that GitHub or a person switched off.
pub fn enable(forge: &dyn Forge, repo: &RepoName, file: &str) -> Result<()> {
    let path = below(repo, &["actions", "workflows", file, "enable"]);
    let change = Change::new(Method::Put, Repeat::Freely, path);
    forge.send(&change).map(drop)
}

/// The run that a dispatch started, where the server tells.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Dispatched {
    pub workflow_run_id: u64,
    pub html_url: String,
}

/// Starts a workflow. A server that does not tell the run gives `None`: then
/// the run is found by a distinct id among the inputs, in its title.
pub fn dispatch(
    forge: &dyn Forge,
    repo: &RepoName,
    file: &str,
    reference: &str,
    inputs: &BTreeMap<String, String>,
) -> Result<Option<Dispatched>> {
    let path = below(repo, &["actions", "workflows", file, "dispatches"]);
    let body = json!({"ref": reference, "inputs": inputs, "return_run_details": true});
    let answer = forge.send(&Change::post(path, body))?;
    if answer.status == 204 || answer.body.is_empty() {
        return Ok(None);
    }
    answer.json().map(Some)
}
