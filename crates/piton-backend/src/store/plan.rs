//! A stored plan as a backend gives it.

use jiff::Timestamp;

/// Whether work on a plan goes on: a plan of any backend is open or closed, as
/// an issue is.
pub use piton_github::endpoints::issues::State;

use super::error::BackendError;
use super::id::PlanId;
use crate::header::{Header, HeaderFault, find_header};

/// A plan without its comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub id: PlanId,
    pub title: String,
    /// The text that holds the header.
    pub body: String,
    pub state: State,
    pub url: String,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
    pub author: Option<String>,
    /// Whether the author is one of the repository's own.
    pub trusted: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub is_pull: bool,
    pub is_draft: bool,
    pub is_merged: bool,
}

impl Document {
    /// Finds the header.
    pub fn header(&self) -> Result<Header, HeaderFault> {
        find_header(&self.body)
    }

    /// Whether it is the plan that this branch carries out.
    pub(super) fn is_of_branch(&self, branch: &str) -> bool {
        self.header()
            .is_ok_and(|header| header.text("branch_name") == Some(branch))
    }

    /// Returns the stage of the plan's life. What the forge says about a pull
    /// request counts before the header.
    pub fn stage(&self) -> Stage {
        if self.is_merged {
            return Stage::Merged;
        }
        if self.state == State::Closed {
            return Stage::Closed;
        }
        let header = self.header().ok();
        let field = |name| header.as_ref().and_then(|header| header.text(name));
        match field("lifecycle_stage") {
            Some("prompted") => Stage::Prompted,
            Some("planning") => Stage::Planning,
            Some("planned") if field("last_dispatched_run_id").is_some() => Stage::Impl,
            Some("planned") => Stage::Planned,
            Some("impl" | "implementing" | "implemented") => Stage::Impl,
            Some(_) | None if self.is_pull && self.is_draft => Stage::Planned,
            Some(_) | None if self.is_pull => Stage::Impl,
            Some(_) | None => Stage::Untold,
        }
    }
}

piton_base::words! {
    /// The stage of a plan's life, for people.
    pub enum Stage: "a stage of a plan" {
        Prompted = "prompted",
        Planning = "planning",
        Planned = "planned",
        Impl = "impl",
        Merged = "merged",
        Closed = "closed",
        /// Nobody says.
        Untold = "-",
    }
}

/// The text of a plan, and who answers for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanText {
    pub text: String,
    pub author: Option<String>,
    /// Whether the author is one of the repository's own. What a stranger
    /// wrote is nothing to carry out unattended.
    pub trusted: bool,
}

impl PlanText {
    /// Returns the digest that pins the text; white space around it is none of
    /// it.
    pub fn digest(&self) -> piton_base::Digest {
        piton_base::Digest::of(self.text.trim().as_bytes())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanComment {
    pub id: String,
    pub body: String,
    pub author: Option<String>,
    pub created_at: Timestamp,
    /// Whether the author is one of the repository's own.
    pub trusted: bool,
}

/// What a backend lists.
#[derive(Debug, Default)]
pub struct Listing {
    /// Newest first.
    pub plans: Vec<Document>,
    /// Those that are not among the plans because they cannot be read, and why.
    pub unreadable: Vec<(PlanId, BackendError)>,
}

/// Which plans are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanQuery {
    /// All of them must be there.
    pub labels: Vec<String>,
    /// Both where none is given.
    pub state: Option<State>,
    pub limit: Option<usize>,
}

impl PlanQuery {
    /// Returns those of the plans that are asked for, newest first.
    pub(super) fn of(&self, plans: impl IntoIterator<Item = Document>) -> Vec<Document> {
        let wanted = |plan: &Document| {
            self.state.is_none_or(|state| state == plan.state)
                && self.labels.iter().all(|label| plan.labels.contains(label))
        };
        let mut plans: Vec<Document> = plans.into_iter().filter(wanted).collect();
        plans
            .sort_by(|left, right| (right.created_at, &right.id).cmp(&(left.created_at, &left.id)));
        plans.truncate(self.limit.unwrap_or(usize::MAX));
        plans
    }
}
