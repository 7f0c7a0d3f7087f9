//! Starting a workflow, once: a distinct id among its inputs is the mark.

use std::collections::BTreeMap;
use std::time::Duration;

use piton_plan::{
    Description, Done, Failure, FailureKind, Given, Key, Looked, Moment, Observation, Observe,
    Operation, Output, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::actions;
use crate::endpoints::runs::{self, Run};
use crate::error::ForgeError;
use crate::forge::ForgeRead;
use crate::repo::RepoName;

pub const RUN_ID: Output<u64> = Output::new("run");
/// The run by its name for the other interface.
pub const RUN_NODE: Output<String> = Output::new("node");

/// The input that carries the mark; the workflow puts it into its run's title.
pub const DISTINCT_ID: &str = "distinct_id";

/// How many of the newest runs are looked through for the mark.
const NEWEST: usize = 30;

/// Starts a workflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    pub repository: RepoName,
    /// The name of its file.
    pub workflow: String,
    pub reference: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// What tells the run apart, where more than this one action must find it:
    /// the same is never started twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<String>,
}

impl Dispatch {
    fn mark(&self, given: &Given<'_>) -> String {
        self.distinct.clone().unwrap_or_else(|| given.mark())
    }
}

impl Operation for Dispatch {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("workflow", Verb::Run, &self.workflow)
    }

    fn describe(&self) -> Description<'_> {
        let mut shown = Description::new(format!("start it on {}", self.reference))
            .expects("a run with the distinct id of this action");
        for (name, value) in &self.inputs {
            shown = shown.detail(1, name.clone(), value.clone());
        }
        shown
    }

    fn produces(&self) -> &'static [&'static str] {
        &["run", "node"]
    }
}

impl Observe<Dispatch> for ForgeWorld<'_> {
    fn observe(&self, op: &Dispatch, given: &Given<'_>, moment: Moment) -> Looked {
        let mark = op.mark(given);
        self.settled(moment, |forge| {
            Ok(match marked(forge, op, &mark)? {
                Some(run) => Observation::Already {
                    outputs: done(run).outputs,
                },
                None => Observation::pending("no run with that distinct id", ()),
            })
        })
    }
}

impl Perform<Dispatch> for ForgePerformer<'_> {
    fn perform(&self, op: &Dispatch, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let mark = op.mark(given);
        let mut inputs = op.inputs.clone();
        inputs.insert(DISTINCT_ID.to_owned(), mark.clone());
        let (repo, file) = (&op.repository, &op.workflow);
        let told = match actions::dispatch(self.forge, repo, file, &op.reference, &inputs) {
            Ok(told) => told,
            // Nobody knows whether it was started: it is looked for.
            Err(error) if error.may_have_happened() => {
                return self.look_for(op, &mark)?.ok_or_else(|| error.into());
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(told) = told
            && let Ok(run) = runs::get(self.forge, repo, told.workflow_run_id)
        {
            return Ok(done(run));
        }
        self.look_for(op, &mark)?.ok_or_else(|| {
            let story = format!("{file} was started, and GitHub does not show the run yet");
            Failure::new(FailureKind::NotFound, story)
                .hint("run the same command again: it looks for the run before it starts one")
        })
    }
}

/// How long a run is looked for that GitHub does not show yet.
const PAUSES: [u64; 7] = [0, 1, 1, 2, 2, 4, 5];

impl ForgePerformer<'_> {
    /// Looks for the run with a mark, for a while.
    fn look_for(&self, op: &Dispatch, mark: &str) -> Result<Option<Done>, Failure> {
        for pause in PAUSES {
            if pause > 0 && self.patience.wait(Duration::from_secs(pause)) {
                break;
            }
            if let Some(run) = marked(self.forge, op, mark)? {
                return Ok(Some(done(run)));
            }
        }
        Ok(None)
    }
}

/// Finds the run with a mark among the newest.
fn marked(forge: &dyn ForgeRead, op: &Dispatch, mark: &str) -> Result<Option<Run>, ForgeError> {
    runs::of_workflow(forge, &op.repository, &op.workflow, 30)
        .take(NEWEST)
        .find(|run| {
            run.as_ref()
                .map_or(true, |run| run.display_title.contains(mark))
        })
        .transpose()
}

fn done(run: Run) -> Done {
    Done::saying(run.html_url)
        .with(&RUN_ID, run.id)
        .with(&RUN_NODE, run.node_id)
}
