//! Whether the workflow runs, and after what.

use super::finding::{Code, FIX, Finding, Group};
use super::seen::{Survey, WorkflowState};
use crate::templates::{WORKFLOW_FILE, ci_trigger, push_branches};

pub(super) fn check(seen: &Survey, out: &mut Vec<Finding>) {
    match &seen.workflow {
        WorkflowState::Unknown => {
            out.push(Group::Workflow.skip(WORKFLOW_FILE, "it may not be looked at"));
        }
        WorkflowState::Missing => out.push(
            Group::Workflow
                .fail(WORKFLOW_FILE, "it is not on the default branch")
                .code(Code::WorkflowMissing)
                .remedy("`piton traffic init` writes it; commit and push it"),
        ),
        WorkflowState::Found(workflow) if workflow.active() => {
            out.push(Group::Workflow.ok(WORKFLOW_FILE, "it is active"));
        }
        WorkflowState::Found(workflow) => out.push(
            Group::Workflow
                .fail(
                    WORKFLOW_FILE,
                    format!("it is switched off ({})", workflow.state),
                )
                .code(Code::WorkflowDisabled)
                .remedy(FIX),
        ),
    }
    let ended = seen.runs.iter().find(|run| run.conclusion.is_some());
    match ended.and_then(|run| Some((run, run.conclusion.as_deref()?))) {
        Some((_, "success")) => out.push(Group::Workflow.ok("last-run", "it succeeded")),
        Some((run, how)) => out.push(
            Group::Workflow
                .fail("last-run", format!("it ended with {how}: {}", run.html_url))
                .code(Code::LastRunFailed)
                .remedy("read its log, then run it again"),
        ),
        None if seen.on_github.is_some() => {
            out.push(Group::Workflow.skip("last-run", "no run has ended yet"));
        }
        None => out.push(Group::Workflow.skip("last-run", "GitHub was not asked")),
    }
    let Some(text) = &seen.deployed else {
        return;
    };
    let branches = push_branches(text);
    match &seen.on_github {
        Some(repository) if branches.contains(&repository.default_branch) => {
            let reason = format!("pushes to {} collect", repository.default_branch);
            out.push(Group::Workflow.ok("branch", reason));
        }
        Some(repository) => out.push(
            Group::Workflow
                .warn(
                    "branch",
                    format!(
                        "pushes to {} collect, but the default branch is {}",
                        branches.join(", "),
                        repository.default_branch
                    ),
                )
                .remedy(FIX),
        ),
        None => {}
    }
    let wanted = seen
        .project
        .as_ref()
        .and_then(|project| project.ci_workflows().ok().flatten())
        .unwrap_or_default();
    if wanted.is_empty() {
        return;
    }
    let active = ci_trigger(text);
    let sleeping: Vec<&String> = wanted
        .iter()
        .filter(|name| !active.contains(name))
        .collect();
    let unknown: Vec<&String> = match &seen.workflows {
        Some(there) => wanted.iter().filter(|name| !there.contains(name)).collect(),
        None => Vec::new(),
    };
    let told = |names: &[&String]| {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    if !sleeping.is_empty() {
        let reason = format!("the end of {} starts no collection", told(&sleeping));
        out.push(Group::Workflow.warn("ci", reason).remedy(FIX));
    } else if !unknown.is_empty() {
        let reason = format!(
            "no workflow is called {}; the name counts, not the name of the file",
            told(&unknown)
        );
        out.push(Group::Workflow.warn("ci", reason));
    } else {
        out.push(Group::Workflow.ok("ci", "collects after the workflows named"));
    }
}
