//! Starting a workflow, once: a distinct id among its inputs is the mark.

use std::collections::BTreeMap;

use piton_plan::{
    Description, Done, Failure, Given, Key, Moment, Observation, Observe, Operation, Output,
    OutputMap, Perform, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::{actions, runs};
use crate::pages::first;
use crate::repo::RepoName;

pub const RUN_ID: Output<u64> = Output::new("run");

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
        &["run"]
    }
}

impl Observe<Dispatch> for ForgeWorld<'_> {
    fn observe(
        &self,
        operation: &Dispatch,
        given: &Given<'_>,
        moment: Moment,
    ) -> Result<Observation<()>, Failure> {
        let mark = given.mark();
        self.settled(moment, |forge| {
            let newest = runs::of_workflow(forge, &operation.repository, &operation.workflow, 30);
            let mut looked = 0;
            let run = first(newest, |run| {
                looked += 1;
                looked >= NEWEST || run.display_title.contains(&mark)
            })?;
            Ok(match run.filter(|run| run.display_title.contains(&mark)) {
                Some(run) => Observation::Already {
                    outputs: OutputMap::from([(RUN_ID.name().to_owned(), run.id.into())]),
                },
                None => Observation::pending("no run with that distinct id", ()),
            })
        })
    }
}

impl Perform<Dispatch> for ForgePerformer<'_> {
    fn perform(&self, operation: &Dispatch, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let mut inputs: Vec<(String, String)> = operation.inputs.clone().into_iter().collect();
        inputs.push((DISTINCT_ID.to_owned(), given.mark()));
        let told = actions::dispatch(
            self.forge,
            &operation.repository,
            &operation.workflow,
            &operation.reference,
            &inputs,
        )?;
        Ok(match told {
            Some(run) => Done::saying(run.html_url).with(&RUN_ID, run.workflow_run_id),
            None => Done::default(),
        })
    }
}
