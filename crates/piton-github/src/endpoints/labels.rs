//! Labels.

use serde::Deserialize;
use serde_json::json;

use crate::endpoints::below;
use crate::error::ForgeError;
use crate::forge::{Forge, ForgeRead};
use crate::pages::{Listing, all};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Repeat};

/// A label; old issues give some of them as plain names.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub struct Label {
    pub name: String,
    pub color: Option<String>,
    pub description: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Wire {
    Name(String),
    Whole {
        #[serde(default)]
        name: Option<String>,
        #[serde(default)]
        color: Option<String>,
        #[serde(default)]
        description: Option<String>,
    },
}

impl From<Wire> for Label {
    fn from(wire: Wire) -> Self {
        match wire {
            Wire::Name(name) => Self {
                name,
                color: None,
                description: None,
            },
            Wire::Whole {
                name,
                color,
                description,
            } => Self {
                name: name.unwrap_or_default(),
                color,
                description,
            },
        }
    }
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, name: &str) -> Result<Label, ForgeError> {
    forge
        .get(&Get::new(&below(repo, &["labels", name])))?
        .json()
}

pub fn list<'a>(forge: &'a dyn ForgeRead, repo: &RepoName) -> Listing<'a, Label> {
    all(forge, Get::new(&below(repo, &["labels"])).in_full_pages())
}

/// Creates a label; [`ForgeError::Conflict`] where there is one of that name.
pub fn create(
    forge: &dyn Forge,
    repo: &RepoName,
    name: &str,
    color: &str,
    description: &str,
) -> Result<Label, ForgeError> {
    let body = json!({"name": name, "color": color, "description": description});
    forge
        .send(&Change::post(&below(repo, &["labels"]), body))
        .map_err(taken)?
        .json()
}

/// A name that is taken comes as one refusal among many.
fn taken(error: ForgeError) -> ForgeError {
    match error {
        ForgeError::Refused { what, message, .. } if message.contains("already_exists") => {
            ForgeError::Conflict { what, message }
        }
        other => other,
    }
}

/// Adds labels to an issue; those it has already stay. Labels that the
/// repository lacks are created by GitHub.
pub fn add(
    forge: &dyn Forge,
    repo: &RepoName,
    number: u64,
    names: &[String],
) -> Result<Vec<Label>, ForgeError> {
    let number = number.to_string();
    let path = below(repo, &["issues", &number, "labels"]);
    let change =
        Change::new(Method::Post, Repeat::Freely, &path).with_body(json!({"labels": names}));
    forge.send(&change)?.json()
}

/// Takes a label off an issue.
pub fn remove(
    forge: &dyn Forge,
    repo: &RepoName,
    number: u64,
    name: &str,
) -> Result<(), ForgeError> {
    let number = number.to_string();
    let path = below(repo, &["issues", &number, "labels", name]);
    match forge.send(&Change::new(Method::Delete, Repeat::Freely, &path)) {
        Ok(_) | Err(ForgeError::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
