//! What a repair does.

use std::path::PathBuf;

use serde::Serialize;

use crate::consistency::Code;
use crate::render::serialize_path;
use crate::slug::Slug;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum Action {
    /// Replace a file of a migration by these bytes.
    Write {
        slug: Slug,
        #[serde(serialize_with = "serialize_path")]
        path: PathBuf,
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// Move a file of a migration to where failures are kept, outside the
    /// working tree.
    SetAside {
        slug: Slug,
        #[serde(serialize_with = "serialize_path")]
        path: PathBuf,
    },
}

/// One thing to do, with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    #[serde(flatten)]
    pub action: Action,
    pub why: String,
}

/// Something that no repair can decide for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftAlone {
    pub subject: String,
    pub code: Code,
    #[serde(serialize_with = "serialize_path")]
    pub path: PathBuf,
    /// What a person can do about it.
    pub advice: String,
}

/// Everything to do, in order, and everything left to a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repairs {
    pub repairs: Vec<Repair>,
    pub left_alone: Vec<LeftAlone>,
}
