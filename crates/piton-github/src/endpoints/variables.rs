//! Variables of a repository's Actions.

use serde::Deserialize;
use serde_json::json;

use super::below;
use crate::error::Result;
use crate::forge::{Forge, ForgeRead};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Path, Repeat};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Variable {
    pub name: String,
    pub value: String,
}

fn one(repo: &RepoName, name: &str) -> Path {
    below(repo, &["actions", "variables", name])
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, name: &str) -> Result<Variable> {
    forge.read(&Get::new(one(repo, name)))
}

/// Creates a variable; [`ForgeError::Conflict`](crate::ForgeError::Conflict)
/// where there is one.
pub fn create(forge: &dyn Forge, repo: &RepoName, name: &str, value: &str) -> Result<()> {
    let path = below(repo, &["actions", "variables"]);
    let body = json!({"name": name, "value": value});
    forge.send(&Change::post(path, body)).map(drop)
}

/// Gives a variable that is there another value.
pub fn update(forge: &dyn Forge, repo: &RepoName, name: &str, value: &str) -> Result<()> {
    let change = Change::new(Method::Patch, Repeat::Freely, one(repo, name));
    let body = json!({"name": name, "value": value});
    forge.send(&change.with_body(body)).map(drop)
}

/// Removes a variable; [`ForgeError::NotFound`](crate::ForgeError::NotFound)
/// where there is none.
pub fn remove(forge: &dyn Forge, repo: &RepoName, name: &str) -> Result<()> {
    let change = Change::new(Method::Delete, Repeat::Freely, one(repo, name));
    forge.send(&change).map(drop)
}
