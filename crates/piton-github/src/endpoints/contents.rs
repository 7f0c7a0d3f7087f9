//! Files of the repository, at a reference.

use serde_json::{Value, json};

use crate::endpoints::below;
use crate::error::ForgeError;
use crate::forge::{Forge, ForgeRead};
use crate::repo::RepoName;
use crate::request::{Accept, Change, Get, Method, Repeat};

/// Returns the bytes of a file; of the default branch where no reference is
/// given.
pub fn read(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    path: &str,
    reference: Option<&str>,
) -> Result<Vec<u8>, ForgeError> {
    let get = at(repo, path, reference).accepting(Accept::Raw);
    Ok(forge.get(&get)?.body)
}

/// Returns the object id of a file, which replacing it must name.
pub fn sha(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    path: &str,
    reference: Option<&str>,
) -> Result<String, ForgeError> {
    let answer = forge.get(&at(repo, path, reference))?;
    let value: Value = answer.json()?;
    value["sha"]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| answer.garbled("there is no file at that path"))
}

fn at(repo: &RepoName, path: &str, reference: Option<&str>) -> Get {
    let mut pieces = vec!["contents"];
    pieces.extend(path.split('/'));
    let get = Get::new(&below(repo, &pieces));
    match reference {
        Some(reference) => get.with("ref", reference),
        None => get,
    }
}

/// A file to write in one commit of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write<'a> {
    pub path: &'a str,
    /// The bytes in base64.
    pub base64: &'a str,
    pub message: &'a str,
    pub branch: Option<&'a str>,
    /// The object id that is replaced; GitHub compares it. `None` for a new file.
    pub replaces: Option<&'a str>,
}

/// Writes a file; [`ForgeError::Conflict`] where another one stands there.
pub fn write(forge: &dyn Forge, repo: &RepoName, file: &Write<'_>) -> Result<(), ForgeError> {
    let mut pieces = vec!["contents"];
    pieces.extend(file.path.split('/'));
    let mut body = json!({"message": file.message, "content": file.base64});
    if let Some(branch) = file.branch {
        body["branch"] = json!(branch);
    }
    if let Some(sha) = file.replaces {
        body["sha"] = json!(sha);
    }
    let change = Change::new(Method::Put, Repeat::Never, &below(repo, &pieces)).with_body(body);
    forge.send(&change).map(drop)
}
