//! `piton exec impl-signal`: an agent tells that its work began, ended, or was
//! submitted.

use clap::{Args, ValueEnum};
use piton_backend::folder::Event;
use piton_backend::store::{PlanId, Provider};
use piton_base::Digest;
use serde_json::{Value as Json, json};

use super::answer::{Answer, Layout};
use super::event::{Scene, State, Trouble};
use super::mark_impl::{self, tell};
use super::report::{Report, Unsent, fresh_key, send};
use crate::context::Context;
use crate::exit::Exit;
use crate::stored::{StoredPlace, with_reader};

/// Tell the plan of this folder that work on it began, ended or was submitted
///
/// `started` also posts a comment, once for each session. The exit code is
/// always 0; the answer says whether it worked.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec impl-signal started --session-id \"$SESSION\" || true
  piton exec impl-signal ended")]
pub(crate) struct ImplSignalArgs {
    event: Signal,

    /// The agent's session
    #[arg(long, value_name = "ID")]
    session_id: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Signal {
    Started,
    Ended,
    Submitted,
}

impl Signal {
    const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Ended => "ended",
            Self::Submitted => "submitted",
        }
    }
}

/// Why a signal was not passed on.
pub(super) enum Failed {
    Said(&'static str, String),
    Trouble(Trouble),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

pub(super) fn run(context: &Context, args: &ImplSignalArgs) -> Exit {
    let session = args.session();
    let signalled = match args.event {
        Signal::Started => started(context, session),
        Signal::Ended => ended(context, session),
        Signal::Submitted => submitted(context),
    };
    match signalled {
        Ok(number) => Answer::success()
            .with("event", args.event.word())
            .with("issue_number", number)
            .print(Layout::Indented),
        Err(failed) => answered(args, failed),
    }
}

/// Answers that a signal was not passed on.
pub(super) fn answered(args: &ImplSignalArgs, failed: Failed) -> Exit {
    match failed {
        Failed::Said(kind, message) => Answer::failure()
            .with("event", args.event.word())
            .with("error_type", kind)
            .with("message", message)
            .print(Layout::Indented),
        Failed::Trouble(trouble) => self::failed(args, &trouble),
    }
}

impl ImplSignalArgs {
    /// Returns the session, if one was said.
    fn session(&self) -> Option<&str> {
        let session = self.session_id.as_deref().map(str::trim);
        session.filter(|session| !session.is_empty())
    }
}

/// Answers that nothing could be done.
pub(super) fn failed(args: &ImplSignalArgs, trouble: &Trouble) -> Exit {
    let failure = Answer::failure().with("event", args.event.word());
    tell(failure, trouble).print(Layout::Indented)
}

fn started(context: &Context, session: Option<&str>) -> Result<Json, Failed> {
    let session = needed(session)?;
    let scene = Scene::find(context)?;
    let (worktree, branch) = names(&scene)?;
    scene.write_state(context, Event::Started, Some(session))?;
    let place = scene.place(context)?;
    let report = starting(context, &scene, &place, (&worktree, &branch), session)?;
    let number = report.plan.to_json();
    send(context, &place, report).map_err(Trouble::Unsent)?;
    Ok(number)
}

fn needed(session: Option<&str>) -> Result<&str, Failed> {
    session.ok_or_else(|| {
        let message = "--session-id is required for 'started' event".to_owned();
        Failed::Said("session-id-required", message)
    })
}

/// Returns what the worktree and its branch are called.
fn names(scene: &Scene) -> Result<(String, String), Failed> {
    let worktree = scene
        .checkout
        .root
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .ok_or_else(|| {
            let message = "Could not determine worktree name".to_owned();
            Failed::Said("worktree-detection-failed", message)
        })?;
    let branch = scene.branch.clone().ok_or_else(|| {
        let message = "Could not determine branch name: the head is detached".to_owned();
        Failed::Said("branch-detection-failed", message)
    })?;
    Ok((worktree, branch))
}

/// Decides what is reported of a start.
fn starting(
    context: &Context,
    scene: &Scene,
    place: &StoredPlace,
    (worktree, branch): (&str, &str),
    session: &str,
) -> Result<Report, Trouble> {
    let (plan, provider) = scene.plan(context, place)?;
    let mut patch = vec![
        ("worktree_name".to_owned(), json!(worktree)),
        ("branch_name".to_owned(), json!(branch)),
    ];
    // Only plans in pull requests have a stage; the tool that keeps plans in
    // issues would refuse the field.
    if provider.unwrap_or_else(|| place.provider()) == Provider::GithubDraftPr {
        patch.push(("lifecycle_stage".to_owned(), json!("impl")));
    }
    patch.extend(scene.fields(Event::Started, Some(session)));
    let comment = format!(
        "🚀 Starting implementation\n\n---\n\n**Worktree:** `{worktree}`\n**Branch:** `{branch}`\n"
    );
    Ok(Report {
        key: key_of(&plan.to_string(), session),
        plan,
        provider,
        patch,
        comment: Some(comment),
        session: Some(session.to_owned()),
    })
}

/// Decides what a signal would do.
pub(super) fn decide(
    context: &Context,
    args: &ImplSignalArgs,
) -> Result<(StoredPlace, State, Report), Failed> {
    let session = args.session();
    match args.event {
        Signal::Started => {
            let session = needed(session)?;
            let scene = Scene::find(context)?;
            let (worktree, branch) = names(&scene)?;
            let place = scene.place(context)?;
            let report = starting(context, &scene, &place, (&worktree, &branch), session)?;
            let state = (scene, Event::Started, Some(session.to_owned()));
            Ok((place, Some(state), report))
        }
        Signal::Ended => {
            let scene = Scene::find(context)?;
            let place = scene.place(context)?;
            let report = mark_impl::decide(context, &scene, &place, Event::Ended, session)?;
            let state = (scene, Event::Ended, session.map(str::to_owned));
            Ok((place, Some(state), report))
        }
        Signal::Submitted => {
            let scene = Scene::find(context)?;
            let place = scene.place(context)?;
            let (plan, provider) = scene.plan(context, &place)?;
            Ok((place, None, submission(plan, provider)))
        }
    }
}

fn submission(plan: PlanId, provider: Option<Provider>) -> Report {
    Report {
        plan,
        provider,
        patch: vec![("lifecycle_stage".to_owned(), json!("impl"))],
        comment: None,
        key: fresh_key(),
        session: None,
    }
}

/// Returns the key of the start of a session, so that it is told once.
fn key_of(plan: &str, session: &str) -> String {
    let digest = Digest::of(format!("started\n{plan}\n{session}").as_bytes());
    // Sixteen bytes tell them apart.
    digest.hex().chars().take(32).collect()
}

fn ended(context: &Context, session: Option<&str>) -> Result<Json, Failed> {
    let scene = Scene::find(context)?;
    scene.write_state(context, Event::Ended, session)?;
    let place = scene.place(context)?;
    let (plan, provider) = scene.plan(context, &place)?;
    let number = plan.to_json();
    let report = Report {
        plan,
        provider,
        patch: scene.fields(Event::Ended, session),
        comment: None,
        key: fresh_key(),
        session: session.map(str::to_owned),
    };
    send(context, &place, report).map_err(Trouble::Unsent)?;
    Ok(number)
}

fn submitted(context: &Context) -> Result<Json, Failed> {
    let scene = Scene::find(context)?;
    let place = scene.place(context)?;
    let (plan, provider) = scene.plan(context, &place)?;
    let number = plan.to_json();
    let used = provider.unwrap_or_else(|| place.provider());
    let there = with_reader(context, &place, used, |backend| backend.document(&plan))
        .map_err(|error| Trouble::NoContext(super::report::told(&error)))?;
    if matches!(there, Ok(None)) {
        return Err(Failed::Said(
            "plan-not-found",
            format!("Plan {plan} not found"),
        ));
    }
    send(context, &place, submission(plan, provider))
        .map_err(|unsent: Unsent| Failed::Trouble(Trouble::Unsent(unsent)))?;
    Ok(number)
}
