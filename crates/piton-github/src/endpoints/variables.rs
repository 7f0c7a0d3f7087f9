//! Variables of a repository's Actions.

use serde::Deserialize;
use serde_json::json;

use crate::endpoints::below;
use crate::error::ForgeError;
use crate::forge::{Answer, Forge, ForgeRead};
use crate::pages::{Listing, all_in};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Repeat};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Variable {
    pub name: String,
    pub value: String,
}

pub fn list<'a>(forge: &'a dyn ForgeRead, repo: &RepoName) -> Listing<'a, Variable> {
    #[derive(Deserialize)]
    struct Page {
        variables: Vec<Variable>,
    }
    // GitHub gives at most 30 variables a page, unlike other listings.
    let get = Get::new(&below(repo, &["actions", "variables"])).with("per_page", 30);
    all_in(forge, get, |answer: &Answer| {
        Ok(answer.json::<Page>()?.variables)
    })
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, name: &str) -> Result<Variable, ForgeError> {
    forge
        .get(&Get::new(&below(repo, &["actions", "variables", name])))?
        .json()
}

/// Creates a variable; [`ForgeError::Conflict`] where there is one.
pub fn create(
    forge: &dyn Forge,
    repo: &RepoName,
    name: &str,
    value: &str,
) -> Result<(), ForgeError> {
    let path = below(repo, &["actions", "variables"]);
    forge
        .send(&Change::post(&path, json!({"name": name, "value": value})))
        .map(drop)
}

/// Gives a variable that is there another value.
pub fn update(
    forge: &dyn Forge,
    repo: &RepoName,
    name: &str,
    value: &str,
) -> Result<(), ForgeError> {
    let path = below(repo, &["actions", "variables", name]);
    let change = Change::new(Method::Patch, Repeat::Freely, &path)
        .with_body(json!({"name": name, "value": value}));
    forge.send(&change).map(drop)
}

/// Removes a variable; [`ForgeError::NotFound`] where there is none.
pub fn remove(forge: &dyn Forge, repo: &RepoName, name: &str) -> Result<(), ForgeError> {
    let path = below(repo, &["actions", "variables", name]);
    forge
        .send(&Change::new(Method::Delete, Repeat::Freely, &path))
        .map(drop)
}
