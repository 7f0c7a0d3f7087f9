//! The forge as the rest of the house sees it: a reading and a writing half.

use std::fmt::Debug;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ForgeError;
use crate::graphql::GraphQuery;
use crate::request::{Change, Get};

/// The reading half.
pub trait ForgeRead: Debug + Send + Sync {
    /// Answers one request. Waiting, repeating and redirects happened by then.
    fn get(&self, get: &Get) -> Result<Answer, ForgeError>;

    /// Answers a GraphQL query with its `data`.
    fn query(&self, query: &GraphQuery) -> Result<Value, ForgeError>;

    /// Fetches a public file whose address an answer named, without the token.
    fn fetch(&self, address: &str) -> Result<Vec<u8>, ForgeError>;

    /// Looks once at a public page, without the token, and does not wait long:
    /// it may lie anywhere, and may not be there yet.
    fn glance(&self, address: &str) -> Result<Vec<u8>, ForgeError>;

    /// Returns the moment that the newest answer bore, by GitHub's clock.
    fn heard(&self) -> Option<Timestamp>;
}

/// The writing half.
pub trait Forge: ForgeRead {
    /// Does one change. After an error, [`ForgeError::may_have_happened`] says
    /// whether somebody must look before it is sent again.
    fn send(&self, change: &Change) -> Result<Answer, ForgeError>;

    /// Does a GraphQL mutation and returns its `data`.
    fn mutate(&self, mutation: &GraphQuery) -> Result<Value, ForgeError>;
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
    /// When the server said so, by its clock.
    pub date: Option<Timestamp>,
    /// When the token ends, if it does.
    pub token_expires: Option<Timestamp>,
    /// The classic scopes of the token, where GitHub tells them.
    pub scopes: Option<String>,
    /// Whether it stands for a change, which then has been done.
    pub changed: bool,
}

impl Answer {
    /// Reads the answer as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ForgeError> {
        serde_json::from_slice(&self.body).map_err(|error| ForgeError::Garbled {
            what: self.what.clone(),
            why: error.to_string(),
            unsure: self.changed,
        })
    }

    /// Says that the answer lacks something it must have.
    pub fn garbled(&self, why: impl Into<String>) -> ForgeError {
        ForgeError::Garbled {
            what: self.what.clone(),
            why: why.into(),
            unsure: self.changed,
        }
    }
}
