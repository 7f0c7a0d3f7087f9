//! The forge as the rest of the house sees it: a reading and a writing half.

use std::fmt::Debug;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{ForgeError, Result};
use crate::graphql::GraphQuery;
use crate::request::{Change, Get};

/// The reading half.
pub trait ForgeRead: Debug + Send + Sync {
    /// Answers one request. Waiting, repeating and redirects happened by then.
    fn get(&self, get: &Get) -> Result<Answer>;

    /// Answers a GraphQL query with its `data`.
    fn query(&self, query: &GraphQuery) -> Result<Value>;

    /// Fetches a public file whose address an answer named, without the token.
    fn fetch(&self, address: &str) -> Result<Vec<u8>>;

    /// Looks once at a public page, without the token, and does not wait long:
    /// it may be anywhere, and may not be there yet.
    fn glance(&self, address: &str) -> Result<Vec<u8>>;

    /// Returns the moment that the newest answer bore, by GitHub's clock.
    fn heard(&self) -> Option<Timestamp>;
}

/// The writing half.
pub trait Forge: ForgeRead {
    /// Does one change. After an error, [`ForgeError::may_have_happened`] says
    /// whether somebody must look before it is sent again.
    fn send(&self, change: &Change) -> Result<Answer>;

    /// Does a GraphQL mutation and returns its `data`.
    fn mutate(&self, mutation: &GraphQuery) -> Result<Value>;
}

/// An answer that means success.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The request, for messages.
    pub what: String,
    pub status: u16,
    pub body: Vec<u8>,
    /// The next page, if there is one.
    pub next: Option<Get>,
    /// When the token ends, if it does.
    pub token_expires: Option<Timestamp>,
    /// Whether it stands for a change, which then has been done.
    pub changed: bool,
}

impl Answer {
    /// Reads the answer as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| self.garbled(error.to_string()))
    }

    /// Says that the answer lacks something it must have.
    pub(crate) fn garbled(&self, why: impl Into<String>) -> ForgeError {
        ForgeError::garbled(&self.what, why, self.changed)
    }
}

impl dyn ForgeRead + '_ {
    /// Answers one request with what its JSON says.
    pub(crate) fn read<T: DeserializeOwned>(&self, get: &Get) -> Result<T> {
        self.get(get)?.json()
    }
}

impl dyn Forge + '_ {
    /// Does one change, and returns what the JSON of its answer says.
    pub(crate) fn change<T: DeserializeOwned>(&self, change: &Change) -> Result<T> {
        self.send(change)?.json()
    }
}
