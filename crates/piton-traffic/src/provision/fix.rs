//! Repairing what the checks found.

use std::collections::BTreeMap;

use piton_github::operation::{EditGist, EnableWorkflow, ForgeOp, GistChange};
use piton_plan::{Plan, PlanBuilder, Slot};

use super::decide::add_create;
use super::error::CreateError;
use super::facts::Facts;
use super::wishes::{Destination, Wishes};
use crate::collect::{Moment, badge_files};
use crate::operation::AnyOp;
use crate::survey::{Finding, Group, Survey, Verdict, WorkflowState};
use crate::templates::WORKFLOW_FILE;

/// Decides what repairs a set-up: what setting up would do, and besides that the
/// badges and the schedule.
pub fn plan_fix<O: AnyOp>(
    wishes: &Wishes,
    facts: &Facts,
    place: Destination<'_>,
    seen: &Survey,
    findings: &[Finding],
) -> Result<Plan<O>, CreateError> {
    let mut builder = PlanBuilder::new("traffic verify");
    add_create(&mut builder, wishes, facts, place)?;
    if let WorkflowState::Found(workflow) = &seen.workflow
        && !workflow.active()
    {
        builder.add(O::from(ForgeOp::EnableWorkflow(EnableWorkflow {
            repository: seen.repository.clone(),
            workflow: WORKFLOW_FILE.to_owned(),
            was: workflow.state.clone(),
        })));
    }
    let wrong = findings
        .iter()
        .any(|one| one.group == Group::Badge && one.verdict == Verdict::Warn);
    if let (true, Some(gist), Some(state)) = (wrong, seen.badge.found(), seen.state()) {
        let captured = seen.captured().map_or(seen.now, Moment);
        let files: BTreeMap<String, String> = badge_files(state, captured)
            .into_iter()
            .map(|(name, file)| (name, file.pretty()))
            .collect();
        builder.add(O::from(ForgeOp::EditGist(EditGist {
            name: "badges".to_owned(),
            change: GistChange::Update,
            id: Slot::Known(gist.id.clone()),
            description: None,
            files,
            revision: None,
        })));
    }
    builder.build().map_err(CreateError::Faults)
}
