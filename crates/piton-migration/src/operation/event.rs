//! What happens to migrations, for whoever watches.

use piton_durable::TreeDigest;
use piton_git::Tip;
use serde::{Deserialize, Serialize};

use crate::slug::Slug;

/// What happens to migrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what", deny_unknown_fields)]
pub enum MigrationEvent {
    /// Something that an interrupted publish left was put in order.
    Recovered { notice: String },
    Published {
        slug: Slug,
        /// What it was for, such as `planning.expand`.
        operation: String,
        destination: String,
        subject: String,
        /// The branch that it was decided on.
        on: Option<Tip>,
        /// Where it leads, in a few words.
        next: Option<String>,
        digest: TreeDigest,
        commit: Option<String>,
        /// What could not be cleaned up afterwards.
        unclean: Option<String>,
    },
    /// A commit that published nothing: a migration was moved or removed.
    Committed {
        path: String,
        subject: String,
        commit: String,
    },
    Refused {
        slug: Slug,
        operation: String,
        story: String,
    },
}
