//! What piton takes up on the disk for one clone.

use std::path::PathBuf;

use piton_durable::tree;
use serde::Serialize;

use crate::context::{Context, Place};
use piton_base::text::size;

/// Bytes, by what they are for.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct DiskUse {
    records: u64,
    journals: u64,
    /// Working copies of agents and proofs, with what was built in them.
    slots: u64,
    /// Tool caches of the clone's own.
    caches: u64,
    /// Where slots are, if the settings name a place.
    #[serde(skip)]
    home: Option<PathBuf>,
}

impl DiskUse {
    pub(super) fn look(context: &Context, place: &Place) -> Self {
        let home = crate::agents::slots::home(context, place).ok();
        let size = |path: PathBuf| tree::size(&context.disk, &path);
        Self {
            records: size(place.state().runs()),
            journals: size(place.state().journals()),
            slots: home.as_ref().map_or(0, |home| size(home.dir().to_owned())),
            caches: home.as_ref().map_or(0, |home| size(home.caches())),
            home: home.map(|home| home.dir().to_owned()),
        }
    }

    /// Says it in a line; `None` where there is nothing.
    pub(super) fn text(&self) -> Option<String> {
        let parts = [
            (self.slots, "in slots"),
            (self.caches, "in tool caches"),
            (self.records, "in records"),
            (self.journals, "in journals"),
        ];
        let told: Vec<String> = parts
            .iter()
            .filter(|(bytes, _)| *bytes > 0)
            .map(|(bytes, what)| format!("{} {what}", size(*bytes)))
            .collect();
        let slots = self.home.as_ref().filter(|_| self.slots > 0);
        let at = slots.map_or_else(String::new, |home| format!(" (slots: {})", home.display()));
        (!told.is_empty()).then(|| format!("on the disk: {}{at}", told.join(", ")))
    }
}
