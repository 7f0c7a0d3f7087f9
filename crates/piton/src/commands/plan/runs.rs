//! The runs that were dispatched for plans, and how they stand.

use std::collections::BTreeMap;

use piton_backend::store::Document;
use piton_github::endpoints::runs::{self, Run, Standing};

use crate::context::Context;
use crate::stored::{StoredPlace, WORKFLOW};

/// How many of the newest runs are looked at.
const NEWEST: usize = 100;

/// A run and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DispatchedRun {
    pub(super) id: String,
    /// Unknown where the run was not found.
    pub(super) state: Standing,
    pub(super) url: Option<String>,
}

/// The newest runs, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Runs(BTreeMap<String, Run>);

impl Runs {
    /// Asks for them, if any plan has one. That they cannot be had is no error
    /// of a list.
    pub(super) fn of(context: &Context, place: &StoredPlace, plans: &[Document]) -> Self {
        if !plans.iter().any(|plan| recorded(plan).is_some()) {
            return Self::default();
        }
        let Ok((client, repo)) = place.code(context) else {
            return Self::default();
        };
        let newest = runs::of_workflow(&client, &repo, WORKFLOW, 100);
        Self(
            newest
                .take(NEWEST)
                .map_while(Result::ok)
                .map(|run| (run.id.to_string(), run))
                .collect(),
        )
    }

    /// Returns the run of a plan, if one was dispatched.
    pub(super) fn of_plan(&self, plan: &Document) -> Option<DispatchedRun> {
        let id = recorded(plan)?;
        let run = self.0.get(&id);
        Some(DispatchedRun {
            state: run.map_or(Standing::Unknown, Run::standing),
            url: run.map(|run| run.html_url.clone()),
            id,
        })
    }
}

fn recorded(plan: &Document) -> Option<String> {
    let header = plan.header().ok()?;
    header.text("last_dispatched_run_id").map(str::to_owned)
}
