//! Whether the workflow runs, and after what.

use piton_github::endpoints::runs::{Conclusion, Said};

use super::finding::{Code, FIX, Findings, Group};
use super::seen::{Survey, WorkflowState};
use crate::templates::{WORKFLOW_FILE, ci_trigger, push_branches};

pub(super) fn check(seen: &Survey, out: &mut Findings) {
    state(seen, out);
    last_run(seen, out);
    if let Some(text) = &seen.deployed {
        branch(seen, text, out);
        ci(seen, text, out);
    }
}

fn state(seen: &Survey, out: &mut Findings) {
    match &seen.workflow {
        WorkflowState::Unknown => {
            out.skip(Group::Workflow, WORKFLOW_FILE, "the token may not read it");
        }
        WorkflowState::Missing => {
            let reason = "it is not on the default branch";
            out.fail(Group::Workflow, WORKFLOW_FILE, reason)
                .code(Code::WorkflowMissing)
                .remedy("`piton traffic init` writes it; commit and push it");
        }
        WorkflowState::Found(workflow) if workflow.active() => {
            out.ok(Group::Workflow, WORKFLOW_FILE, "it is active");
        }
        WorkflowState::Found(workflow) => {
            let reason = format!("it is switched off ({})", workflow.state);
            out.fail(Group::Workflow, WORKFLOW_FILE, reason)
                .code(Code::WorkflowDisabled)
                .remedy(FIX);
        }
    }
}

fn last_run(seen: &Survey, out: &mut Findings) {
    let mut runs = seen.runs.iter();
    match runs.find_map(|run| Some((run, run.conclusion.as_ref()?))) {
        Some((_, Said::Known(Conclusion::Success))) => {
            out.ok(Group::Workflow, "last-run", "it succeeded");
        }
        Some((run, how)) => {
            let reason = format!("it ended with {how}: {}", run.html_url);
            out.fail(Group::Workflow, "last-run", reason)
                .code(Code::LastRunFailed)
                .remedy("read its log, then run it again");
        }
        None if seen.on_github.is_some() => {
            out.skip(Group::Workflow, "last-run", "no run has ended yet");
        }
        None => out.skip(Group::Workflow, "last-run", "GitHub was not asked"),
    }
}

/// Whether pushes to the default branch collect.
fn branch(seen: &Survey, text: &str, out: &mut Findings) {
    let branches = push_branches(text);
    match &seen.on_github {
        Some(repository) if branches.contains(&repository.default_branch) => {
            let reason = format!("pushes to {} collect", repository.default_branch);
            out.ok(Group::Workflow, "branch", reason);
        }
        Some(repository) => {
            let (branches, default) = (branches.join(", "), &repository.default_branch);
            let reason =
                format!("pushes to {branches} collect, but the default branch is {default}");
            out.warn(Group::Workflow, "branch", reason).remedy(FIX);
        }
        None => {}
    }
}

/// Whether it runs after the workflows that are named.
fn ci(seen: &Survey, text: &str, out: &mut Findings) {
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
        out.warn(Group::Workflow, "ci", reason).remedy(FIX);
    } else if !unknown.is_empty() {
        let reason = format!(
            "no workflow is called {}; the name counts, not the name of the file",
            told(&unknown)
        );
        out.warn(Group::Workflow, "ci", reason);
    } else {
        out.ok(Group::Workflow, "ci", "collects after the workflows named");
    }
}
