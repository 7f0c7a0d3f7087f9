//! Every migration with why it is or is not worked on now.

use jiff::Timestamp;
use piton_migration::slug::Slug;

use super::gate::Gate;
use super::stand::{self, NotNow, Stand};
use super::world::{Seen, World};

/// One migration in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub slug: Slug,
    pub stand: Stand,
}

/// Returns all migrations: planning first, then phases, the oldest first in
/// each; then those that cannot be worked on now, in name order.
pub fn queue(world: &World<'_>, gate: &dyn Gate) -> Vec<Entry> {
    let mut entries: Vec<Entry> = eligible(world)
        .into_iter()
        .map(|entry| match gate.refuses(&entry.slug, &entry.stand) {
            Some(reason) => Entry {
                stand: Stand::NotNow(NotNow::Broken { reason }),
                ..entry
            },
            None => entry,
        })
        .collect();
    // What the gate refused goes behind what it let through.
    entries.sort_by_key(|entry| matches!(entry.stand, Stand::NotNow(_)));
    let waiting =
        world
            .migrations
            .iter()
            .filter_map(|standing| match stand::stand(world, standing) {
                stand @ Stand::NotNow(_) => Some(Entry {
                    slug: standing.slug.clone(),
                    stand,
                }),
                Stand::Plan | Stand::Phase { .. } => None,
            });
    entries.extend(waiting);
    entries
}

/// Returns the migrations that may be worked on, in the order in which they
/// are looked at closer.
pub(super) fn eligible(world: &World<'_>) -> Vec<Entry> {
    let mut found: Vec<(bool, Timestamp, Entry)> = world
        .migrations
        .iter()
        .filter_map(|standing| {
            let Seen::Known(known) = &standing.seen else {
                return None;
            };
            let stand = stand::stand(world, standing);
            let is_phase = match stand {
                Stand::NotNow(_) => return None,
                Stand::Plan => false,
                Stand::Phase { .. } => true,
            };
            let slug = standing.slug.clone();
            Some((is_phase, stand::created(known).ok()?, Entry { slug, stand }))
        })
        .collect();
    // Stable: of one age, names decide.
    found.sort_by_key(|(is_phase, created, _)| (*is_phase, *created));
    found.into_iter().map(|(_, _, entry)| entry).collect()
}
