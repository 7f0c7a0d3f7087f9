//! Where the parts of a plan are in its directory.

use std::path::{Path, PathBuf};

use crate::store::PlanId;

/// The directory of all plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    pub root: PathBuf,
}

impl Layout {
    pub(crate) fn plan(&self, id: &PlanId) -> PathBuf {
        self.root.join(id.as_str())
    }

    /// The header and below it, after a rule, the text of the plan.
    pub(crate) fn body(&self, id: &PlanId) -> PathBuf {
        self.plan(id).join("plan.md")
    }

    /// Title, state, labels and times.
    pub(crate) fn record(&self, id: &PlanId) -> PathBuf {
        self.plan(id).join("plan.json")
    }

    pub(crate) fn comments(&self, id: &PlanId) -> PathBuf {
        self.plan(id).join("comments")
    }
}

/// Names the file of the n-th comment.
pub(super) fn comment_name(dir: &Path, number: usize) -> PathBuf {
    dir.join(format!("{number:04}.md"))
}
