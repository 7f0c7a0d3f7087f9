//! Workflows and their runs.

use serde_json::{Value, json};

use super::repository::person;
use super::{below, repo};
use crate::forge::reply::{Call, Refusal, Replied, done, found, list_in, ok};
use crate::forge::world::{Job, Repo, Run, Workflow, World};

pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Option<Replied> {
    let below = below(call)?;
    let next = world.next_id() + 18_000_000_000;
    let details = world.run_details;
    let repo = repo(world, call).ok()?;
    Some(match (call.method, below) {
        ("GET", "/actions/workflows") => {
            let all = repo
                .workflows
                .iter()
                .map(|(file, one)| workflow_json(file, one));
            list_in("workflows", all.collect())
        }
        ("GET", "/actions/workflows/{workflow_id}") => file(repo, call)
            .map(|file| workflow_json(&file, &repo.workflows[&file]))
            .and_then(ok),
        ("PUT", "/actions/workflows/{workflow_id}/enable") => file(repo, call).and_then(|file| {
            let workflow = repo.workflows.get_mut(&file).expect("it was found");
            "active".clone_into(&mut workflow.state);
            done()
        }),
        ("POST", "/actions/workflows/{workflow_id}/dispatches") => {
            file(repo, call).and_then(|file| dispatch(repo, call, &file, next, details))
        }
        ("GET", "/actions/workflows/{workflow_id}/runs") => file(repo, call).and_then(|file| {
            let id = repo.workflows[&file].id;
            runs(repo, call, |run| run.workflow_id == id)
        }),
        ("GET", "/actions/runs") => runs(repo, call, |_| true),
        ("GET", "/actions/runs/{run_id}") => {
            let id = call.number("run_id");
            found(repo.runs.get(&id)).and_then(|run| ok(run_json(repo, id, run)))
        }
        ("GET", "/actions/runs/{run_id}/jobs") => {
            found(repo.runs.get(&call.number("run_id"))).and_then(|run| jobs(run, call))
        }
        _ => return None,
    })
}

fn file(repo: &Repo, call: &Call<'_>) -> Result<String, Refusal> {
    let asked = call.place("workflow_id");
    let mut all = repo.workflows.iter();
    let one = all.find(|(file, one)| *file == asked || one.id.to_string() == asked);
    found(one.map(|(file, _)| file.clone()))
}

fn workflow_json(file: &str, one: &Workflow) -> Value {
    json!({"id": one.id, "node_id": "W", "name": one.name, "state": one.state,
        "path": format!(".github/workflows/{file}"), "html_url": "x"})
}

fn dispatch(repo: &mut Repo, call: &Call<'_>, file: &str, id: u64, details: bool) -> Replied {
    let workflow = repo.workflows[file].clone();
    if workflow.state != "active" {
        return Err(Refusal::new(422, format!("Workflow is disabled: {file}")));
    }
    let branch = call
        .text("ref")
        .unwrap_or("")
        .trim_start_matches("refs/heads/")
        .to_owned();
    if !repo.refs.contains_key(&format!("refs/heads/{branch}")) {
        return Err(Refusal::new(422, format!("No ref found for: {branch}")));
    }
    let mut inputs = std::collections::BTreeMap::new();
    for (name, value) in call.body["inputs"].as_object().into_iter().flatten() {
        let Some(value) = value.as_str() else {
            return Err(Refusal::new(
                422,
                format!("Provided value for input '{name}' is no string"),
            ));
        };
        inputs.insert(name.clone(), value.to_owned());
    }
    if inputs.len() > 25 {
        return Err(Refusal::new(422, "too many inputs"));
    }
    let mut title = workflow
        .run_name
        .clone()
        .unwrap_or_else(|| workflow.name.clone());
    for (name, value) in &inputs {
        title = title.replace(&format!("${{{{ inputs.{name} }}}}"), value);
    }
    repo.runs.insert(
        id,
        Run {
            name: workflow.name.clone(),
            title,
            workflow_id: workflow.id,
            path: format!(".github/workflows/{file}"),
            event: "workflow_dispatch".to_owned(),
            branch,
            status: "queued".to_owned(),
            conclusion: None,
            created_at: call.now,
            attempt: 1,
            jobs: Vec::new(),
            referenced: Vec::new(),
            inputs,
        },
    );
    if details && call.body["return_run_details"] == true {
        return ok(json!({"workflow_run_id": id, "run_url": "x",
            "html_url": format!("https://github.com/{}/actions/runs/{id}", repo.full_name)}));
    }
    done()
}

fn runs(repo: &Repo, call: &Call<'_>, wanted: impl Fn(&Run) -> bool) -> Replied {
    let created = call.query.get("created").map(String::as_str);
    let range = created.map(|text| text.split_once("..").unwrap_or((text, text)));
    let (from, to) = range.unwrap_or(("", "9"));
    let within = |run: &Run| {
        let at = run.created_at.to_string();
        at.as_str() >= from && at[..at.len().min(to.len())] <= *to
    };
    let status = call.query.get("status");
    let stands = |run: &Run| {
        status.is_none_or(|status| run.status == *status || run.conclusion.as_ref() == Some(status))
    };
    let these = repo
        .runs
        .iter()
        .rev()
        .filter(|(_, run)| wanted(run) && within(run) && stands(run));
    list_in(
        "workflow_runs",
        these.map(|(id, run)| run_json(repo, *id, run)).collect(),
    )
}

fn run_json(repo: &Repo, id: u64, run: &Run) -> Value {
    let called = run.referenced.iter();
    let called: Vec<Value> = called
        .map(|(path, sha)| json!({"path": path, "sha": sha}))
        .collect();
    json!({
        "id": id, "node_id": format!("WFR_{id}"), "name": run.name, "display_title": run.title,
        "html_url": format!("https://github.com/{}/actions/runs/{id}", repo.full_name),
        "workflow_id": run.workflow_id, "path": run.path, "event": run.event,
        "head_branch": run.branch, "status": run.status,
        "head_sha": repo.refs.get(&format!("refs/heads/{}", run.branch)).map_or("0", String::as_str),
        "conclusion": run.conclusion, "run_attempt": run.attempt, "run_number": 1,
        "created_at": run.created_at.to_string(), "updated_at": run.created_at.to_string(),
        "actor": person("octo-dev"), "referenced_workflows": called,
    })
}

fn jobs(run: &Run, call: &Call<'_>) -> Replied {
    let all = call.query.get("filter").is_some_and(|word| word == "all");
    let these = run
        .jobs
        .iter()
        .filter(|job| all || job.attempt == run.attempt);
    list_in("jobs", these.enumerate().map(job_json).collect())
}

fn job_json((index, job): (usize, &Job)) -> Value {
    let steps = job.steps.iter().enumerate().map(|(number, step)| {
        json!({"name": step.name, "number": number + 1, "status": "completed", "conclusion": step.conclusion})
    });
    json!({"id": index + 1, "name": job.name, "run_attempt": job.attempt, "status": "completed",
        "conclusion": "success", "steps": steps.collect::<Vec<_>>()})
}
