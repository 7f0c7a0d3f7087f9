//! Secrets: named in plans, never held by them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Says where a secret is to be read when it is needed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum SecretRef {
    /// An environment variable: `env:NAME`.
    Env(String),
}

/// Why a text names no secret. The text is not repeated: it may be the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is named as `env:NAME`, never written out")]
pub struct InvalidSecretRef;

impl FromStr for SecretRef {
    type Err = InvalidSecretRef;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.strip_prefix("env:").ok_or(InvalidSecretRef)?;
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let goes_on = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if starts && goes_on {
            Ok(Self::Env(name.to_owned()))
        } else {
            Err(InvalidSecretRef)
        }
    }
}

piton_base::through_text!(SecretRef);

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
        }
    }
}

/// A secret that was read; it prints as `***` and has no serialised form.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(String);

impl SecretText {
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Opens the secret; whoever calls this answers for where it goes.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Display for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
