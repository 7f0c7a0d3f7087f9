//! Labels.

use serde::Deserialize;
use serde_json::json;

use super::below;
use crate::error::{Result, taken};
use crate::forge::{Forge, ForgeRead};
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

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, name: &str) -> Result<Label> {
    forge.read(&Get::new(below(repo, &["labels", name])))
}

/// Creates a label; [`ForgeError::Conflict`](crate::ForgeError::Conflict) where
/// there is one of that name.
pub fn create(
    forge: &dyn Forge,
    repo: &RepoName,
    name: &str,
    color: &str,
    description: &str,
) -> Result<Label> {
    let body = json!({"name": name, "color": color, "description": description});
    let made = forge.change(&Change::post(below(repo, &["labels"]), body));
    taken(made, "already_exists")
}

/// Adds labels to an issue; those it has already stay. Labels that the
/// repository lacks are created by GitHub.
pub fn add(
    forge: &dyn Forge,
    repo: &RepoName,
    number: u64,
    names: &[String],
) -> Result<Vec<Label>> {
    let path = below(repo, &["issues", &number.to_string(), "labels"]);
    let change = Change::new(Method::Post, Repeat::Freely, path);
    forge.change(&change.with_body(json!({"labels": names})))
}
