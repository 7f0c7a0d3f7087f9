//! What a decision is made from.

use jiff::Timestamp;
use piton_base::Effort;
use piton_migration::manifest::Manifest;
use piton_migration::own::OwnData;
use piton_migration::slug::Slug;

use super::limits::Limits;
use super::memory::Memory;
use super::stand::Stand;
use crate::targets::Source;

/// Everything that was observed, and everything this run remembers.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    pub now: Timestamp,
    /// In name order.
    pub migrations: &'a [Standing],
    /// Accepted work that has not landed yet, the oldest first.
    pub unlanded: &'a [String],
    pub allowed: Effort,
    pub source: &'a Source,
    pub limits: &'a Limits,
    pub memory: &'a Memory,
    /// What every random choice is made with.
    pub seed: u64,
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

/// Looks closer at a migration that is about to be chosen: its planning record,
/// its consistency. Too dear to be asked of all of them.
pub trait Gate {
    /// Returns why the migration cannot be worked on, if it cannot.
    fn refuses(&self, slug: &Slug, stand: &Stand) -> Option<String>;
}

/// A gate that lets everything through, for those who looked already.
#[derive(Clone, Copy, Debug)]
pub struct Open;

impl Gate for Open {
    fn refuses(&self, _slug: &Slug, _stand: &Stand) -> Option<String> {
        None
    }
}
