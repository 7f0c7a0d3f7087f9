//! The four badges, and the suffix that tells what came lately.

use crate::ordered::{Json, Object};

/// What the badges show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(super) downloads: i64,
    pub(super) organic_clones: i64,
    pub(super) views: i64,
}

impl Shown {
    pub(super) fn of(state: &Object) -> Self {
        Self {
            downloads: state.or_zero("totalDownloads"),
            organic_clones: state.or_zero("totalOrganicClones"),
            views: state.or_zero("totalViews"),
        }
    }
}

/// The increase of the last day, week and month.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lately {
    pub(super) day: i64,
    pub(super) week: i64,
    pub(super) month: i64,
}

impl Lately {
    pub(super) fn suffix(self) -> String {
        [(self.day, "24h"), (self.week, "wk"), (self.month, "mo")]
            .into_iter()
            .find(|(count, _)| *count > 0)
            .map_or_else(String::new, |(count, word)| format!(" (+{count} {word})"))
    }
}

/// Returns the files of the badges, in the order in which they are written.
pub(super) fn files(shown: Shown, lately: Lately) -> Vec<(String, Json)> {
    let installs = shown.downloads + shown.organic_clones;
    vec![
        badge("installs", format!("{installs}{}", lately.suffix())),
        badge("downloads", shown.downloads.to_string()),
        badge("clones", shown.organic_clones.to_string()),
        badge("views", shown.views.to_string()),
    ]
}

/// One file in the form that shields.io reads.
pub(crate) fn badge(label: &str, message: String) -> (String, Json) {
    let mut badge = Object::new();
    badge.set("schemaVersion", 1);
    badge.set("label", label);
    badge.set("message", message);
    badge.set("color", "blue");
    (format!("{label}.json"), badge.into())
}
