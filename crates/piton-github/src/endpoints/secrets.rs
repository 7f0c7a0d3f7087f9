//! Secrets of a repository's Actions. Nobody can read them back; they are sent
//! sealed with the repository's public key.

use serde::Deserialize;
use serde_json::json;

use crate::endpoints::below;
use crate::error::ForgeError;
use crate::forge::{Answer, Forge, ForgeRead};
use crate::pages::{Listing, all_in};
use crate::repo::RepoName;
use crate::request::{Change, Get, Method, Repeat};

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

pub fn list<'a>(forge: &'a dyn ForgeRead, repo: &RepoName) -> Listing<'a, Secret> {
    #[derive(Deserialize)]
    struct Page {
        secrets: Vec<Secret>,
    }
    let get = Get::new(&below(repo, &["actions", "secrets"])).in_full_pages();
    all_in(forge, get, |answer: &Answer| {
        Ok(answer.json::<Page>()?.secrets)
    })
}

pub fn get(forge: &dyn ForgeRead, repo: &RepoName, name: &str) -> Result<Secret, ForgeError> {
    forge
        .get(&Get::new(&below(repo, &["actions", "secrets", name])))?
        .json()
}

pub fn public_key(forge: &dyn ForgeRead, repo: &RepoName) -> Result<PublicKey, ForgeError> {
    forge
        .get(&Get::new(&below(
            repo,
            &["actions", "secrets", "public-key"],
        )))?
        .json()
}

/// Sets a secret that was sealed with the key of this id.
pub fn set(
    forge: &dyn Forge,
    repo: &RepoName,
    name: &str,
    sealed: &str,
    key_id: &str,
) -> Result<(), ForgeError> {
    let path = below(repo, &["actions", "secrets", name]);
    let change = Change::new(Method::Put, Repeat::Freely, &path)
        .with_body(json!({"encrypted_value": sealed, "key_id": key_id}));
    forge.send(&change).map(drop)
}

/// Removes a secret; [`ForgeError::NotFound`] where there is none.
pub fn remove(forge: &dyn Forge, repo: &RepoName, name: &str) -> Result<(), ForgeError> {
    let path = below(repo, &["actions", "secrets", name]);
    forge
        .send(&Change::new(Method::Delete, Repeat::Freely, &path))
        .map(drop)
}
