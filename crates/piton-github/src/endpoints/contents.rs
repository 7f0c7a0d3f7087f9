//! Files of the repository, at a reference.

use serde_json::Value;

use super::below;
use crate::error::Result;
use crate::forge::ForgeRead;
use crate::repo::RepoName;
use crate::request::{Accept, Get};

/// Returns the bytes of a file; of the default branch where no reference is
/// given.
pub fn read(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    path: &str,
    reference: Option<&str>,
) -> Result<Vec<u8>> {
    let get = at(repo, path, reference).accepting(Accept::Raw);
    Ok(forge.get(&get)?.body)
}

/// Returns the object id of a file.
pub fn sha(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    path: &str,
    reference: Option<&str>,
) -> Result<String> {
    let answer = forge.get(&at(repo, path, reference))?;
    let value: Value = answer.json()?;
    let sha = value["sha"].as_str().map(str::to_owned);
    sha.ok_or_else(|| answer.garbled("there is no file at that path"))
}

fn at(repo: &RepoName, path: &str, reference: Option<&str>) -> Get {
    let mut pieces = vec!["contents"];
    pieces.extend(path.split('/'));
    Get::new(below(repo, &pieces)).with_any("ref", reference)
}
