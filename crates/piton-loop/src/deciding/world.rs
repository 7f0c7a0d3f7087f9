//! What a decision is made from.

use std::collections::BTreeSet;

use jiff::Timestamp;
use piton_base::Effort;
use piton_migration::manifest::Manifest;
use piton_migration::own::OwnData;
use piton_migration::slug::Slug;

use super::limits::Limits;
use super::memory::Memory;
use crate::targets::{Source, Target};

/// Everything that was observed, and everything this run remembers.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    pub now: Timestamp,
    /// In name order.
    pub migrations: &'a [Standing],
    /// Accepted work that has not landed yet, the oldest first.
    pub unlanded: &'a [Unlanded],
    pub allowed: Effort,
    pub source: &'a Source,
    pub limits: &'a Limits,
    pub memory: &'a Memory,
    /// What every random choice is made with.
    pub seed: u64,
}

/// Accepted work that has not landed yet. Whoever did the same again would be
/// paid for what could not land either.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unlanded {
    pub name: String,
    /// The migration that it is about.
    pub slug: Option<String>,
    pub files: Touched,
}

/// The files that accepted work is about, and those that it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    These(BTreeSet<String>),
    /// What it changes cannot be read: it may be any file.
    Unknown,
}

impl Default for Touched {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Touched {
    fn holds(&self, file: &str) -> bool {
        match self {
            Self::These(files) => files.contains(file),
            Self::Unknown => true,
        }
    }
}

impl World<'_> {
    /// Whether accepted work of this migration waits to land.
    pub(super) fn holds_work_of(&self, slug: &Slug) -> bool {
        let of_it = |work: &Unlanded| work.slug.as_deref() == Some(slug.as_str());
        self.unlanded.iter().any(of_it)
    }

    /// Whether no accepted work waits to land on what a target is about.
    pub(super) fn is_free(&self, target: &Target) -> bool {
        let mut files = target.files.iter();
        !files.any(|file| self.unlanded.iter().any(|work| work.files.holds(file)))
    }
}

/// One migration, as far as deciding has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub slug: Slug,
    pub seen: Seen,
}

/// What was found in a migration's directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It cannot be used, and the reason is told; others are not held up.
    Broken {
        reason: String,
    },
    Known(Box<Known>),
}

/// A migration whose manifest was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub manifest: Manifest,
    pub own: OwnData,
}
