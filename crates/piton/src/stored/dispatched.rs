//! The runs that were dispatched from this clone, for its status.

use std::path::PathBuf;

use jiff::Timestamp;
use piton_backend::store::PlanId;
use piton_durable::{DiskRead as _, write_atomic};
use piton_github::RepoName;
use serde::{Deserialize, Serialize};

use super::place::StoredPlace;
use crate::context::Context;

/// The format that this program writes.
const VERSION: u32 = 1;

/// How much of a file is read.
const MOST: u64 = 1 << 16;

/// The end of the names of their files.
const END: &str = ".dispatched.json";

/// A run, and the plan that it carries out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DispatchedHere {
    version: u32,
    pub(crate) plan: PlanId,
    pub(crate) repository: RepoName,
    pub(crate) run: u64,
    pub(crate) at: Timestamp,
}

impl DispatchedHere {
    pub(crate) fn new(plan: PlanId, repository: RepoName, run: u64, at: Timestamp) -> Self {
        Self {
            version: VERSION,
            plan,
            repository,
            run,
            at,
        }
    }

    /// Remembers it; the last one of a plan counts. The plan itself has it too,
    /// so that nothing is lost where this cannot be written.
    pub(crate) fn remember(&self, context: &Context, stored: &StoredPlace) {
        let path = stored.state().join(format!("{}{END}", self.plan));
        let bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        let _ = write_atomic(&context.disk, &path, &bytes, 0o600);
    }

    /// Returns all that are remembered, the newest first.
    pub(crate) fn all(context: &Context, stored: &StoredPlace) -> Vec<Self> {
        let dir = stored.state();
        let entries = context.disk.list(&dir).unwrap_or_default();
        let mut all: Vec<Self> = entries
            .into_iter()
            .map(|entry| dir.join(entry.name))
            .filter(|path: &PathBuf| path.to_string_lossy().ends_with(END))
            .filter_map(|path| context.disk.read_at_most(&path, MOST).ok())
            .filter_map(|bytes| serde_json::from_slice::<Self>(&bytes).ok())
            .filter(|read| read.version == VERSION)
            .collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.at));
        all
    }
}
