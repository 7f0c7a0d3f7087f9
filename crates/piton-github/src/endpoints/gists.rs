//! Gists: small files with a history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::people::Person;
use crate::error::{ForgeError, Result};
use crate::forge::{Forge, ForgeRead};
use crate::pages::{Listing, all};
use crate::request::{Change, Get, Method, Repeat};

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Gist {
    pub id: String,
    pub html_url: String,
    #[serde(default)]
    pub description: Option<String>,
    pub public: bool,
    #[serde(default)]
    pub owner: Option<Person>,
    /// Listings name the files without their content.
    pub files: BTreeMap<String, GistFile>,
    /// Whether there are more files than were given.
    #[serde(default)]
    pub truncated: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The revisions, newest first; not in listings.
    #[serde(default)]
    pub history: Vec<Revision>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct GistFile {
    #[serde(default)]
    pub size: u64,
    #[serde(default)]
    pub raw_url: Option<String>,
    #[serde(default)]
    pub truncated: bool,
    #[serde(default)]
    pub content: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Revision {
    pub version: String,
    #[serde(default)]
    pub committed_at: Option<Timestamp>,
}

/// Lists the gists of whom the token belongs to, newest change first.
pub fn list(forge: &dyn ForgeRead) -> Listing<'_, Gist> {
    all(forge, Get::new(&["gists"]).in_full_pages())
}

pub fn get(forge: &dyn ForgeRead, id: &str) -> Result<Gist> {
    forge.read(&Get::new(&["gists", id]))
}

/// Returns a gist as it was at one of its revisions.
pub fn at(forge: &dyn ForgeRead, id: &str, revision: &str) -> Result<Gist> {
    forge.read(&Get::new(&["gists", id, revision]))
}

/// Lists all revisions of a gist, newest first; [`get`] gives the newest alone.
pub fn revisions<'a>(forge: &'a dyn ForgeRead, id: &str) -> Listing<'a, Revision> {
    all(forge, Get::new(&["gists", id, "commits"]).in_full_pages())
}

/// Returns a whole file of a gist that was read by [`get`]: GitHub cuts files
/// beyond a megabyte, and then the rest comes from another address.
pub fn content(forge: &dyn ForgeRead, gist: &Gist, name: &str) -> Result<Option<Vec<u8>>> {
    let Some(file) = gist.files.get(name) else {
        return Ok(None);
    };
    let garbled = |why| ForgeError::garbled(format!("{name} of gist {}", gist.id), why, false);
    let bytes = if let (Some(content), false) = (&file.content, file.truncated) {
        content.clone().into_bytes()
    } else {
        let address = file.raw_url.as_deref();
        forge.fetch(address.ok_or_else(|| garbled("it has no address"))?)?
    };
    if file.truncated && (bytes.len() as u64) < file.size {
        return Err(garbled("it came cut off"));
    }
    Ok(Some(bytes))
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGist {
    pub description: String,
    pub public: bool,
    pub files: BTreeMap<String, String>,
}

pub fn create(forge: &dyn Forge, new: &NewGist) -> Result<Gist> {
    let files = contents(&new.files);
    let body = json!({"description": new.description, "public": new.public, "files": files});
    forge.change(&Change::post(&["gists"], body))
}

/// Files as GitHub takes them.
fn contents(files: &BTreeMap<String, String>) -> Value {
    let file = |(name, content): (&String, &String)| (name.clone(), json!({"content": content}));
    Value::Object(files.iter().map(file).collect())
}

/// What of a gist is changed; other files stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    pub description: Option<String>,
    pub files: BTreeMap<String, String>,
}

/// Changes a gist, all files in one revision. A gist has one writer, the
/// collector, so repeating it loses nothing.
pub fn edit(forge: &dyn Forge, id: &str, edit: &Edit) -> Result<Gist> {
    let mut body = json!({});
    if let Some(description) = &edit.description {
        body["description"] = json!(description);
    }
    if !edit.files.is_empty() {
        body["files"] = contents(&edit.files);
    }
    let change = Change::new(Method::Patch, Repeat::Freely, &["gists", id]);
    forge.change(&change.with_body(body))
}

pub fn remove(forge: &dyn Forge, id: &str) -> Result<()> {
    let change = Change::new(Method::Delete, Repeat::Freely, &["gists", id]);
    forge.send(&change).map(drop)
}
