//! What a file should contain.

use piton_base::hex;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::given::Given;
use crate::output::{OutputRef, Slot};

/// What a file should contain, in a form that a plan can hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    Text(String),
    /// Bytes that are no text, as hexadecimal digits.
    Hex(Hex),
    /// Pieces of which some are known only after other actions.
    Pieces(Vec<Slot<String>>),
}

/// Bytes that are written as hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Hex(Vec<u8>);

/// A text that is no sequence of hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("bytes are written as pairs of the digits 0-9 and a-f")]
pub struct InvalidHex;

impl Content {
    pub fn of(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(error) => Self::Hex(Hex(error.into_bytes())),
        }
    }

    /// Returns the outputs that it waits for.
    pub fn uses(&self) -> Vec<&OutputRef> {
        match self {
            Self::Text(_) | Self::Hex(_) => Vec::new(),
            Self::Pieces(pieces) => pieces.iter().filter_map(Slot::uses).collect(),
        }
    }

    /// Returns the bytes, if no output is missing.
    pub fn known(&self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.clone().into_bytes()),
            Self::Hex(Hex(bytes)) => Some(bytes.clone()),
            Self::Pieces(pieces) => pieces
                .iter()
                .map(|piece| piece.known().map(String::as_bytes))
                .collect::<Option<Vec<_>>>()
                .map(|pieces| pieces.concat()),
        }
    }

    /// Returns the bytes, with outputs filled in.
    pub(super) fn bytes(&self, given: &Given<'_>) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Text(text) => Ok(text.clone().into_bytes()),
            Self::Hex(Hex(bytes)) => Ok(bytes.clone()),
            Self::Pieces(pieces) => {
                let mut bytes = Vec::new();
                for piece in pieces {
                    bytes.extend(given.value(piece)?.into_bytes());
                }
                Ok(bytes)
            }
        }
    }

    /// Returns a text for people, with placeholders where outputs are missing.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Hex(Hex(bytes)) => format!("({} bytes that are no text)", bytes.len()),
            Self::Pieces(pieces) => pieces.iter().map(Slot::to_string).collect(),
        }
    }
}

impl TryFrom<String> for Hex {
    type Error = InvalidHex;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        hex::decode(&text).map(Self).ok_or(InvalidHex)
    }
}

impl From<Hex> for String {
    fn from(hex: Hex) -> Self {
        hex::encode(&hex.0)
    }
}
