//! Carrying out a plan, as this clone knows of it: what a process that was
//! killed leaves for the next one.

use std::fmt::Write as _;
use std::path::PathBuf;

use jiff::Timestamp;
use piton_backend::store::PlanId;
use piton_durable::{Disk as _, DiskRead as _, write_atomic};
use serde::{Deserialize, Serialize};

use super::place::StoredPlace;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError};

/// The format that this program writes.
const VERSION: u32 = 1;

/// How much of a file is read.
const MOST: u64 = 1 << 20;

/// How many lines the report of it shows.
const SHOWN: usize = 40;

/// A plan that is being carried out here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Undertaken {
    version: u32,
    pub(crate) plan: PlanId,
    /// The text that is carried out.
    pub(crate) digest: String,
    pub(crate) branch: String,
    /// Tells this undertaking apart.
    pub(crate) key: String,
    pub(crate) run: Option<String>,
    pub(crate) began: Option<Timestamp>,
    /// What was told of it so far.
    pub(crate) lines: Vec<String>,
}

impl Undertaken {
    pub(crate) fn new(plan: PlanId, digest: String, branch: String) -> Self {
        Self {
            version: VERSION,
            plan,
            digest,
            branch,
            key: uuid::Uuid::new_v4().simple().to_string(),
            run: None,
            began: None,
            lines: Vec::new(),
        }
    }

    /// Returns what the next one goes on from, once this one was told to have
    /// ended: the same work, told again.
    pub(crate) fn again(&self) -> Self {
        Self {
            run: self.run.clone(),
            ..Self::new(self.plan.clone(), self.digest.clone(), self.branch.clone())
        }
    }

    fn path(stored: &StoredPlace, plan: &PlanId) -> PathBuf {
        stored.state().join(format!("{plan}.undertaken.json"))
    }

    /// Reads what was left of a plan. What cannot be read was left by nobody.
    pub(crate) fn read(
        context: &Context,
        stored: &StoredPlace,
        plan: &PlanId,
    ) -> Result<Option<Self>, CommandError> {
        let path = Self::path(stored, plan);
        let bytes = match context.disk.read_at_most(&path, MOST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(
                    CommandError::failed(format!("could not read {}", path.display()))
                        .with_source(error),
                );
            }
        };
        Ok(serde_json::from_slice::<Self>(&bytes)
            .ok()
            .filter(|read| read.version == VERSION && read.plan == *plan))
    }

    /// Writes it down, durably.
    pub(crate) fn write(
        &self,
        context: &Context,
        stored: &StoredPlace,
    ) -> Result<(), CommandError> {
        let path = Self::path(stored, &self.plan);
        let bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        write_atomic(&context.disk, &path, &bytes, 0o600)
            .or_failed(format!("could not write {}", path.display()))
    }

    /// Forgets it, when it is over. Left behind it only makes the next one say
    /// that it goes on.
    pub(crate) fn forget(context: &Context, stored: &StoredPlace, plan: &PlanId) {
        let _ = context.disk.remove_file(&Self::path(stored, plan));
    }

    /// Writes the comment that tells of it.
    pub(crate) fn report(&self) -> String {
        let skipped = self.lines.len().saturating_sub(SHOWN);
        let mut text = format!("**piton** carries this plan out on `{}`.\n\n", self.branch);
        if skipped > 0 {
            let _ = writeln!(text, "- ({skipped} earlier lines)");
        }
        for line in &self.lines[skipped..] {
            text.push_str("- ");
            text.push_str(&harmless(line));
            text.push('\n');
        }
        text
    }
}

/// Takes out of a line what would call people or end the comment's own marks.
pub(crate) fn harmless(line: &str) -> String {
    let short: String = line.chars().take(300).collect();
    short.replace('@', "@\u{200b}").replace('<', "&lt;")
}
