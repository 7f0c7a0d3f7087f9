//! Git's own things by REST: references, commits, trees, blobs. With these a
//! branch is made without a checkout and without a push.

use serde::Deserialize;
use serde_json::{Value, json};

use super::below;
use crate::error::{Result, taken};
use crate::forge::{Forge, ForgeRead};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Path, Repeat};

/// What a reference points at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reference {
    #[serde(rename = "ref")]
    pub name: String,
    pub object: Object,
}

/// A tree, or what is known of another object: its id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Object {
    pub sha: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Commit {
    pub sha: String,
    pub message: String,
    pub tree: Object,
}

/// Returns where a branch points.
pub fn branch(forge: &dyn ForgeRead, repo: &RepoName, branch: &str) -> Result<Reference> {
    let mut pieces = vec!["git", "ref", "heads"];
    pieces.extend(branch.split('/'));
    forge.read(&Get::new(below(repo, &pieces)))
}

pub fn commit(forge: &dyn ForgeRead, repo: &RepoName, sha: &str) -> Result<Commit> {
    forge.read(&Get::new(below(repo, &["git", "commits", sha])))
}

/// One text file of a tree to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    pub path: String,
    pub content: String,
}

/// An object to make. The same content is the same object, so that repeating
/// it changes nothing.
fn object(path: Path, body: Value) -> Change {
    Change::new(Method::Post, Repeat::Freely, path).with_body(body)
}

/// Makes a tree of these files upon another one.
pub fn create_tree(
    forge: &dyn Forge,
    repo: &RepoName,
    base: &str,
    files: &[NewFile],
) -> Result<Object> {
    let entry = |file: &NewFile| json!({"path": file.path, "mode": "100644", "type": "blob", "content": file.content});
    let entries: Vec<_> = files.iter().map(entry).collect();
    let body = json!({"base_tree": base, "tree": entries});
    forge.change(&object(below(repo, &["git", "trees"]), body))
}

/// Makes a commit, which nothing points at yet.
pub fn create_commit(
    forge: &dyn Forge,
    repo: &RepoName,
    message: &str,
    tree: &str,
    parent: &str,
) -> Result<Commit> {
    let body = json!({"message": message, "tree": tree, "parents": [parent]});
    forge.change(&object(below(repo, &["git", "commits"]), body))
}

/// Makes a branch; [`ForgeError::Conflict`](crate::ForgeError::Conflict) where
/// there is one of that name.
pub fn create_branch(
    forge: &dyn Forge,
    repo: &RepoName,
    branch: &str,
    sha: &str,
) -> Result<Reference> {
    let body = json!({"ref": format!("refs/heads/{branch}"), "sha": sha});
    let made = forge.change(&Change::post(below(repo, &["git", "refs"]), body));
    taken(made, "Reference already exists")
}
