//! From the bytes of a file to JSON.

use std::str::{self, Utf8Error};

use thiserror::Error;

use super::fields::FieldError;
use super::read::{JsonError, parse};
use super::value::Value;

/// Why the bytes of a file could not be decoded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    #[error("it is not UTF-8")]
    NotUtf8(#[source] Utf8Error),
    #[error("it is not JSON")]
    NotJson(#[source] JsonError),
    #[error("it holds a wrong field")]
    Field(#[from] FieldError),
}

/// Reads the bytes of a file as JSON.
pub(crate) fn parse_bytes(bytes: &[u8]) -> Result<Value<'_>, DecodeError> {
    let text = str::from_utf8(bytes).map_err(DecodeError::NotUtf8)?;
    parse(text).map_err(DecodeError::NotJson)
}
