//! Gists: small files with a history.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::endpoints::people::Person;
use crate::error::ForgeError;
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

pub fn get(forge: &dyn ForgeRead, id: &str) -> Result<Gist, ForgeError> {
    forge.get(&Get::new(&["gists", id]))?.json()
}

/// Returns a gist as it was at one of its revisions.
pub fn at(forge: &dyn ForgeRead, id: &str, revision: &str) -> Result<Gist, ForgeError> {
    forge.get(&Get::new(&["gists", id, revision]))?.json()
}

/// Lists all revisions of a gist, newest first; [`get`] gives the newest alone.
pub fn revisions<'a>(forge: &'a dyn ForgeRead, id: &str) -> Listing<'a, Revision> {
    all(forge, Get::new(&["gists", id, "commits"]).in_full_pages())
}

/// Returns a whole file of a gist that was read by [`get`]: GitHub cuts files
/// beyond a megabyte, and then the rest comes from another address.
pub fn content(
    forge: &dyn ForgeRead,
    gist: &Gist,
    name: &str,
) -> Result<Option<Vec<u8>>, ForgeError> {
    let Some(file) = gist.files.get(name) else {
        return Ok(None);
    };
    let garbled = |why: &str| ForgeError::Garbled {
        what: format!("{name} of gist {}", gist.id),
        why: why.to_owned(),
        unsure: false,
    };
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

pub fn create(forge: &dyn Forge, new: &NewGist) -> Result<Gist, ForgeError> {
    let files: Map<String, Value> = new
        .files
        .iter()
        .map(|(name, content)| (name.clone(), json!({"content": content})))
        .collect();
    let body = json!({"description": new.description, "public": new.public, "files": files});
    forge.send(&Change::post(&["gists"], body))?.json()
}

/// What of a gist is changed; other files stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    pub description: Option<String>,
    pub files: BTreeMap<String, String>,
}

/// Changes a gist, all files in one revision. A gist has one writer, the
/// collector, so repeating it loses nothing.
pub fn edit(forge: &dyn Forge, id: &str, edit: &Edit) -> Result<Gist, ForgeError> {
    let mut body = Map::new();
    if let Some(description) = &edit.description {
        body.insert("description".to_owned(), json!(description));
    }
    if !edit.files.is_empty() {
        let files: Map<String, Value> = edit
            .files
            .iter()
            .map(|(name, content)| (name.clone(), json!({"content": content})))
            .collect();
        body.insert("files".to_owned(), Value::Object(files));
    }
    let change = Change::new(Method::Patch, Repeat::Freely, &["gists", id]);
    forge.send(&change.with_body(Value::Object(body)))?.json()
}

pub fn remove(forge: &dyn Forge, id: &str) -> Result<(), ForgeError> {
    let change = Change::new(Method::Delete, Repeat::Freely, &["gists", id]);
    forge.send(&change).map(drop)
}
