//! Every check of a set-up: a function of what was looked at.

use super::finding::{Code, Finding, Group, Verdict};
use super::seen::{FileSeen, GistState, Survey, WorkflowState};
use super::{archive_checks, file_checks, state_checks};
use crate::provision::{ARCHIVE_VARIABLE, BADGE_VARIABLE, Kind, SecretFound, SiteFound};
use crate::settings::{PROJECT_FILE, is_date, is_gist_id};
use crate::templates::{WORKFLOW_FILE, ci_trigger, push_branches};

const CREATE: &str = "`piton traffic create` sets it up";
const FIX: &str = "`piton traffic verify --fix` mends it";

/// How old numbers may be, in hours.
#[derive(Clone, Copy, Debug)]
pub struct Ages {
    pub fresh: i64,
    pub stale: i64,
}

impl Default for Ages {
    fn default() -> Self {
        Self {
            fresh: 30,
            stale: 48,
        }
    }
}

/// Checks everything, in a fixed order.
pub fn examine(seen: &Survey, ages: Ages) -> Vec<Finding> {
    let mut out = Vec::new();
    config(seen, &mut out);
    gist(seen, Kind::Badge, &mut out);
    gist(seen, Kind::Archive, &mut out);
    state_checks::check(seen, ages, &mut out);
    archive_checks::check(seen, &mut out);
    variables(seen, &mut out);
    secret(seen, &mut out);
    workflow(seen, &mut out);
    file_checks::check(seen, &mut out);
    pages(seen, &mut out);
    out
}

fn config(seen: &Survey, out: &mut Vec<Finding>) {
    let name = seen.repository.to_string();
    let Some(project) = &seen.project else {
        if seen.entry.is_none() {
            out.push(
                Finding::new(
                    Verdict::Warn,
                    Group::Config,
                    PROJECT_FILE,
                    "neither the checkout nor your list knows this set-up",
                )
                .code(Code::NoConfig)
                .remedy(FIX),
            );
        } else {
            out.push(Finding::new(
                Verdict::Skip,
                Group::Config,
                PROJECT_FILE,
                "it is not in this place",
            ));
        }
        return;
    };
    let lacks: Vec<&str> = ["owner", "repo", "badge_gist_id", "archive_gist_id"]
        .into_iter()
        .filter(|field| project.get(field).is_none())
        .collect();
    let odd = |field: &str| project.get(field).is_some_and(|id| !is_gist_id(&id));
    if !lacks.is_empty() {
        let reason = format!("it lacks {}", lacks.join(", "));
        out.push(Finding::new(Verdict::Fail, Group::Config, PROJECT_FILE, reason).remedy(FIX));
    } else if odd("badge_gist_id") || odd("archive_gist_id") {
        let reason = "the id of a gist is not 20 or 32 hexadecimal digits";
        out.push(Finding::new(Verdict::Fail, Group::Config, PROJECT_FILE, reason).remedy(FIX));
    } else if project.get("created").is_none_or(|day| !is_date(&day)) {
        let reason = "`created` is not a day of the calendar";
        out.push(Finding::new(Verdict::Fail, Group::Config, PROJECT_FILE, reason).remedy(FIX));
    } else if project
        .repository()
        .is_some_and(|named| !named.same(&seen.repository))
    {
        let reason = format!("the repository is called {name} now");
        out.push(Finding::new(Verdict::Warn, Group::Config, PROJECT_FILE, reason).remedy(FIX));
    } else {
        out.push(Finding::new(
            Verdict::Ok,
            Group::Config,
            PROJECT_FILE,
            "it says all that it must",
        ));
    }
    match &seen.entry {
        None => out.push(
            Finding::new(
                Verdict::Warn,
                Group::Config,
                name,
                "your list of tracked repositories does not have it",
            )
            .remedy(FIX),
        ),
        Some(entry) => {
            let differs = entry.badge_gist_id != project.get("badge_gist_id")
                || entry.archive_gist_id != project.get("archive_gist_id");
            if differs {
                let reason = format!("your list names other gists than {PROJECT_FILE}");
                out.push(Finding::new(Verdict::Warn, Group::Config, name, reason).remedy(FIX));
            } else {
                out.push(Finding::new(
                    Verdict::Ok,
                    Group::Config,
                    name,
                    "your list says the same",
                ));
            }
        }
    }
}

fn gist(seen: &Survey, kind: Kind, out: &mut Vec<Finding>) {
    let (state, missing) = match kind {
        Kind::Badge => (&seen.badge, Code::Gist404),
        Kind::Archive => (&seen.archive, Code::Archive404),
    };
    let target = kind.name();
    let gist = match state {
        GistState::NotNamed => {
            let reason = "nothing names it, and none is described so";
            out.push(
                Finding::new(Verdict::Fail, Group::Gist, target, reason)
                    .code(missing)
                    .remedy(CREATE),
            );
            return;
        }
        GistState::Gone { id, by } => {
            let reason = format!("gist {id}, named by {by}, is not there");
            out.push(
                Finding::new(Verdict::Fail, Group::Gist, target, reason)
                    .code(missing)
                    .remedy(CREATE),
            );
            return;
        }
        GistState::Unreadable { id, why } => {
            let reason = format!("gist {id} cannot be read: {why}");
            out.push(Finding::new(Verdict::Skip, Group::Gist, target, reason));
            return;
        }
        GistState::Found(gist) => gist,
    };
    let mine = seen
        .login
        .as_ref()
        .is_none_or(|login| login.eq_ignore_ascii_case(&gist.owner));
    if !gist.files.keys().any(|file| kind.signs(file)) {
        let lacks = match kind {
            Kind::Badge => "state.json",
            Kind::Archive => "archive.json",
        };
        let reason = format!("gist {}, named by {}, has no {lacks}", gist.id, gist.by);
        out.push(
            Finding::new(Verdict::Fail, Group::Gist, target, reason)
                .code(Code::GistNotOurs)
                .remedy(
                    "name the right one: `piton traffic create --badge-gist ID --archive-gist ID`",
                ),
        );
    } else if !mine {
        let reason = format!("gist {} is {}'s", gist.id, gist.owner);
        out.push(
            Finding::new(Verdict::Fail, Group::Gist, target, reason)
                .code(Code::GistNotOurs)
                .remedy("sign in as its owner: nobody else can write to it"),
        );
    } else if kind == Kind::Badge && !gist.public {
        let reason = "it is not public, so badges and dashboard cannot read it";
        out.push(Finding::new(Verdict::Fail, Group::Gist, target, reason));
    } else if kind == Kind::Archive && gist.public {
        out.push(Finding::new(
            Verdict::Warn,
            Group::Gist,
            target,
            "it is public, not unlisted",
        ));
    } else {
        out.push(Finding::new(
            Verdict::Ok,
            Group::Gist,
            target,
            format!("gist {}", gist.id),
        ));
    }
    let name = format!("{target}-description");
    if gist.description == kind.description(&seen.repository) {
        out.push(Finding::new(
            Verdict::Ok,
            Group::Gist,
            name,
            gist.description.clone(),
        ));
    } else {
        let reason = format!("it is described as `{}`", gist.description);
        out.push(
            Finding::new(Verdict::Warn, Group::Gist, name, reason)
                .remedy("`piton traffic upgrade --names` describes it as today"),
        );
    }
    let bad: Vec<String> = gist
        .files
        .iter()
        .filter(|(name, _)| *name != "state.json")
        .filter_map(|(name, file)| match file {
            FileSeen::Json(_) => None,
            FileSeen::Damaged(why) => Some(format!("{name} is not JSON ({why})")),
            FileSeen::Cut(why) => Some(format!("{name} cannot be read whole ({why})")),
        })
        .collect();
    let lacks: Vec<String> = match kind {
        Kind::Badge => ["installs", "downloads", "clones", "views"]
            .iter()
            .map(|name| format!("{name}.json"))
            .filter(|name| !gist.files.contains_key(name))
            .map(|name| format!("{name} is missing"))
            .collect(),
        Kind::Archive => Vec::new(),
    };
    let all = [bad, lacks].concat();
    let name = format!("{target}-files");
    if all.is_empty() {
        out.push(Finding::new(
            Verdict::Ok,
            Group::Gist,
            name,
            format!("{} of them, each JSON", gist.files.len()),
        ));
    } else {
        out.push(Finding::new(Verdict::Fail, Group::Gist, name, all.join("; ")).remedy(FIX));
    }
}

fn variables(seen: &Survey, out: &mut Vec<Finding>) {
    for (at, name, gist) in [
        (0, BADGE_VARIABLE, &seen.badge),
        (1, ARCHIVE_VARIABLE, &seen.archive),
    ] {
        let Some(both) = &seen.variables else {
            out.push(Finding::new(
                Verdict::Skip,
                Group::Variable,
                name,
                "it may not be looked at",
            ));
            continue;
        };
        match (&both[at], gist.id()) {
            (None, _) => out.push(
                Finding::new(
                    Verdict::Fail,
                    Group::Variable,
                    name,
                    "it is not set, so the collector does not know its gist",
                )
                .code(Code::VariableMissing)
                .remedy(FIX),
            ),
            (Some(value), Some(id)) if value == id => {
                out.push(Finding::new(
                    Verdict::Ok,
                    Group::Variable,
                    name,
                    value.clone(),
                ));
            }
            (Some(value), Some(id)) => out.push(
                Finding::new(
                    Verdict::Fail,
                    Group::Variable,
                    name,
                    format!("it is {value}, but the gist is {id}"),
                )
                .code(Code::VariableMismatch)
                .remedy("`piton traffic verify --fix --force` sets it to the gist"),
            ),
            (Some(value), None) => out.push(Finding::new(
                Verdict::Skip,
                Group::Variable,
                name,
                format!("it is {value}; there is no gist to compare it with"),
            )),
        }
    }
}

fn secret(seen: &Survey, out: &mut Vec<Finding>) {
    let (name, found) = &seen.secret;
    match found {
        SecretFound::Absent => out.push(
            Finding::new(
                Verdict::Fail,
                Group::Secret,
                name,
                "it is not set, so the collector has no token",
            )
            .code(Code::SecretMissing)
            .remedy("`piton traffic create` asks for the token and stores it"),
        ),
        SecretFound::Present { .. } => {
            out.push(Finding::new(Verdict::Ok, Group::Secret, name, "it is set"));
        }
        SecretFound::Unknown => out.push(Finding::new(
            Verdict::Skip,
            Group::Secret,
            name,
            "it may not be looked at",
        )),
    }
}

fn workflow(seen: &Survey, out: &mut Vec<Finding>) {
    match &seen.workflow {
        WorkflowState::Unknown => {
            out.push(Finding::new(
                Verdict::Skip,
                Group::Workflow,
                WORKFLOW_FILE,
                "it may not be looked at",
            ));
        }
        WorkflowState::Missing => out.push(
            Finding::new(
                Verdict::Fail,
                Group::Workflow,
                WORKFLOW_FILE,
                "it is not on the default branch",
            )
            .code(Code::WorkflowMissing)
            .remedy("`piton traffic init` writes it; commit and push it"),
        ),
        WorkflowState::Found(workflow) if workflow.active() => {
            out.push(Finding::new(
                Verdict::Ok,
                Group::Workflow,
                WORKFLOW_FILE,
                "it is active",
            ));
        }
        WorkflowState::Found(workflow) => out.push(
            Finding::new(
                Verdict::Fail,
                Group::Workflow,
                WORKFLOW_FILE,
                format!("it is switched off ({})", workflow.state),
            )
            .code(Code::WorkflowDisabled)
            .remedy(FIX),
        ),
    }
    let ended = seen.runs.iter().find(|run| run.conclusion.is_some());
    match ended.and_then(|run| Some((run, run.conclusion.as_deref()?))) {
        Some((_, "success")) => out.push(Finding::new(
            Verdict::Ok,
            Group::Workflow,
            "last-run",
            "it succeeded",
        )),
        Some((run, how)) => out.push(
            Finding::new(
                Verdict::Fail,
                Group::Workflow,
                "last-run",
                format!("it ended with {how}: {}", run.html_url),
            )
            .code(Code::LastRunFailed)
            .remedy("read its log, then run it again"),
        ),
        None if seen.on_github.is_some() => {
            out.push(Finding::new(
                Verdict::Skip,
                Group::Workflow,
                "last-run",
                "no run has ended yet",
            ));
        }
        None => out.push(Finding::new(
            Verdict::Skip,
            Group::Workflow,
            "last-run",
            "GitHub was not asked",
        )),
    }
    let Some(text) = &seen.deployed else {
        return;
    };
    let branches = push_branches(text);
    match &seen.on_github {
        Some(repository) if branches.contains(&repository.default_branch) => {
            let reason = format!("pushes to {} collect", repository.default_branch);
            out.push(Finding::new(Verdict::Ok, Group::Workflow, "branch", reason));
        }
        Some(repository) => out.push(
            Finding::new(
                Verdict::Warn,
                Group::Workflow,
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
        out.push(Finding::new(Verdict::Warn, Group::Workflow, "ci", reason).remedy(FIX));
    } else if !unknown.is_empty() {
        let reason = format!(
            "no workflow is called {}; the name counts, not the name of the file",
            told(&unknown)
        );
        out.push(Finding::new(Verdict::Warn, Group::Workflow, "ci", reason));
    } else {
        out.push(Finding::new(
            Verdict::Ok,
            Group::Workflow,
            "ci",
            "collects after the workflows named",
        ));
    }
}

fn pages(seen: &Survey, out: &mut Vec<Finding>) {
    let name = seen.repository.to_string();
    match &seen.site {
        SiteFound::Unknown => out.push(Finding::new(
            Verdict::Skip,
            Group::Pages,
            name,
            "it may not be looked at",
        )),
        SiteFound::Off => out.push(
            Finding::new(
                Verdict::Warn,
                Group::Pages,
                name,
                "the dashboard is not published",
            )
            .code(Code::PagesOff)
            .remedy("`piton traffic create --enable-pages` publishes it"),
        ),
        SiteFound::On(Some(source)) if source.path != "/docs" => out.push(
            Finding::new(
                Verdict::Warn,
                Group::Pages,
                name,
                format!(
                    "{} of {} is published, the dashboard lies in /docs",
                    source.path, source.branch
                ),
            )
            .code(Code::PagesOff),
        ),
        SiteFound::On(_) => out.push(Finding::new(
            Verdict::Ok,
            Group::Pages,
            name,
            "the dashboard is published",
        )),
    }
}
