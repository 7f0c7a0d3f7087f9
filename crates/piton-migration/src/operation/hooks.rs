//! The user's hooks around the commit of a publish.
//!
//! They run before anything is published, where they can do no harm: what they
//! see an agent wrote. What they make of it is what is published, and the commit
//! itself runs none.

use std::fmt::Debug;

use piton_plan::Failure;

use crate::contents::Contents;

/// What is to be published and committed.
#[derive(Clone, Copy, Debug)]
pub struct ToCommit<'a> {
    /// Where the migration is, from the top of the repository.
    pub destination: &'a str,
    pub contents: &'a Contents,
    pub message: &'a str,
}

/// What hooks made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooked {
    pub contents: Contents,
    pub message: String,
}

/// Lets the user's hooks see commits.
pub trait CommitHooks: Debug + Sync {
    /// Shows them what is to be committed. Nothing where there are no hooks; a
    /// failure where one says no.
    fn before(&self, what: &ToCommit<'_>) -> Result<Option<Hooked>, Failure>;

    /// Tells them of a commit that was made, which they can no longer refuse.
    fn after(&self, commit: &str);
}
