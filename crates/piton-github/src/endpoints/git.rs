//! Git's own things by REST: references, commits, trees, blobs. With these a
//! branch is made without a checkout and without a push.

use serde::Deserialize;
use serde_json::json;

use crate::endpoints::below;
use crate::error::ForgeError;
use crate::forge::{Forge, ForgeRead};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Repeat};

/// What a reference points at.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reference {
    #[serde(rename = "ref")]
    pub name: String,
    pub object: Object,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Object {
    pub sha: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Commit {
    pub sha: String,
    pub message: String,
    pub tree: Object,
    #[serde(default)]
    pub parents: Vec<Object>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Tree {
    pub sha: String,
    #[serde(default)]
    pub tree: Vec<TreeEntry>,
    #[serde(default)]
    pub truncated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct TreeEntry {
    pub path: String,
    pub mode: String,
    pub sha: String,
}

/// Returns where a branch points.
pub fn branch(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    branch: &str,
) -> Result<Reference, ForgeError> {
    let mut pieces = vec!["git", "ref", "heads"];
    pieces.extend(branch.split('/'));
    forge.get(&Get::new(&below(repo, &pieces)))?.json()
}

pub fn commit(forge: &dyn ForgeRead, repo: &RepoName, sha: &str) -> Result<Commit, ForgeError> {
    forge
        .get(&Get::new(&below(repo, &["git", "commits", sha])))?
        .json()
}

/// Returns a tree with everything below it.
pub fn tree(forge: &dyn ForgeRead, repo: &RepoName, sha: &str) -> Result<Tree, ForgeError> {
    forge
        .get(&Get::new(&below(repo, &["git", "trees", sha])).with("recursive", "1"))?
        .json()
}

/// One text file of a tree to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    pub path: String,
    pub content: String,
}

/// Makes a tree of these files upon another one. The same content gives the
/// same tree, so that repeating it changes nothing.
pub fn create_tree(
    forge: &dyn Forge,
    repo: &RepoName,
    base: &str,
    files: &[NewFile],
) -> Result<Tree, ForgeError> {
    let entries: Vec<_> = files
        .iter()
        .map(|file| {
            json!({"path": file.path, "mode": "100644", "type": "blob", "content": file.content})
        })
        .collect();
    let change = Change::new(
        Method::Post,
        Repeat::Freely,
        &below(repo, &["git", "trees"]),
    )
    .with_body(json!({"base_tree": base, "tree": entries}));
    forge.send(&change)?.json()
}

/// Makes a commit, which nothing points at yet.
pub fn create_commit(
    forge: &dyn Forge,
    repo: &RepoName,
    message: &str,
    tree: &str,
    parent: &str,
) -> Result<Commit, ForgeError> {
    let change = Change::new(
        Method::Post,
        Repeat::Freely,
        &below(repo, &["git", "commits"]),
    )
    .with_body(json!({"message": message, "tree": tree, "parents": [parent]}));
    forge.send(&change)?.json()
}

/// Makes a branch; [`ForgeError::Conflict`] where there is one of that name.
pub fn create_branch(
    forge: &dyn Forge,
    repo: &RepoName,
    branch: &str,
    sha: &str,
) -> Result<Reference, ForgeError> {
    let body = json!({"ref": format!("refs/heads/{branch}"), "sha": sha});
    match forge.send(&Change::post(&below(repo, &["git", "refs"]), body)) {
        Err(ForgeError::Refused { what, message, .. })
            if message.contains("Reference already exists") =>
        {
            Err(ForgeError::Conflict { what, message })
        }
        other => other?.json(),
    }
}

/// Moves a branch forward; never backwards.
pub fn move_branch(
    forge: &dyn Forge,
    repo: &RepoName,
    branch: &str,
    sha: &str,
) -> Result<Reference, ForgeError> {
    let mut pieces = vec!["git", "refs", "heads"];
    pieces.extend(branch.split('/'));
    let change = Change::new(Method::Patch, Repeat::Never, &below(repo, &pieces))
        .with_body(json!({"sha": sha, "force": false}));
    forge.send(&change)?.json()
}
