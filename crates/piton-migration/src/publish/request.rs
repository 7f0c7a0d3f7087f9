//! What is to be published.

use std::path::PathBuf;

use piton_durable::TreeDigest;
use piton_git::Tip;

use crate::consistency::Mode;
use crate::slug::Slug;

/// A candidate, and what is wanted of it.
#[derive(Clone, Debug)]
pub struct PublishRequest {
    pub slug: Slug,
    /// The directory that holds the candidate; its name is the slug.
    pub workspace: PathBuf,
    /// The digest of the live migration that the candidate was built from.
    pub base: TreeDigest,
    /// What the candidate must be fit for.
    pub mode: Mode,
    /// What this is for, in a few words: the planning step, say.
    pub operation: String,
    /// The message of the commit, if one is wanted.
    pub commit: Option<String>,
    /// Where it belongs; `None` for wherever HEAD is when it is published.
    pub tip: Option<Tip>,
}
