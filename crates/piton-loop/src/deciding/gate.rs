//! The last look before a migration is chosen.

use piton_migration::slug::Slug;

use super::stand::Stand;

/// Looks closer at a migration that is about to be chosen: its planning record,
/// its consistency. Too dear to be asked of all of them.
pub trait Gate {
    /// Returns why the migration cannot be worked on, if it cannot.
    fn refuses(&self, slug: &Slug, stand: &Stand) -> Option<String>;
}
