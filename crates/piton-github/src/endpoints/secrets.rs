//! Secrets of a repository's Actions. Nobody can read them back; they are sent
//! sealed with the repository's public key.

use serde::Deserialize;
use serde_json::json;

use super::below;
use crate::error::Result;
use crate::forge::{Forge, ForgeRead};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Path, Repeat};

/// What is known of a secret: its name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Secret {
    pub name: String,
    #[serde(default)]
    pub updated_at: Option<jiff::Timestamp>,
}

/// The key that secrets are sealed with, in base64.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PublicKey {
    pub key_id: String,
    pub key: String,
}

fn one(repo: &RepoName, name: &str) -> Path {
    below(repo, &["actions", "secrets", name])
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, name: &str) -> Result<Secret> {
    forge.read(&Get::new(one(repo, name)))
}

pub fn public_key(forge: &dyn ForgeRead, repo: &RepoName) -> Result<PublicKey> {
    forge.read(&Get::new(one(repo, "public-key")))
}

/// Sets a secret that was sealed with the key of this id.
pub fn set(
    forge: &dyn Forge,
    repo: &RepoName,
    name: &str,
    sealed: &str,
    key_id: &str,
) -> Result<()> {
    let change = Change::new(Method::Put, Repeat::Freely, one(repo, name));
    let body = json!({"encrypted_value": sealed, "key_id": key_id});
    forge.send(&change.with_body(body)).map(drop)
}

/// Removes a secret; [`ForgeError::NotFound`](crate::ForgeError::NotFound)
/// where there is none.
pub fn remove(forge: &dyn Forge, repo: &RepoName, name: &str) -> Result<()> {
    let change = Change::new(Method::Delete, Repeat::Freely, one(repo, name));
    forge.send(&change).map(drop)
}
