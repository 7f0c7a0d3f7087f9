//! `piton exec impl-signal`: an agent tells that its work began, ended, or was
//! submitted.

use clap::{Args, ValueEnum};
use piton_backend::folder::Event;
use piton_backend::store::{PlanId, Provider};
use piton_base::Digest;
use serde_json::{Value as Json, json};

use super::answer::{Answer, Layout};
use super::event::{Scene, Trouble};
use super::mark_impl::tell;
use super::rehearse::{State, troubled};
use super::report::{Report, Unsent, fresh_key, send};
use crate::context::Context;
use crate::error::CommandError;
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
enum Failed {
    Said(&'static str, String),
    Trouble(Trouble),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

pub(super) fn run(context: &Context, args: &ImplSignalArgs) -> Exit {
    let event = args.event.word();
    let session = args
        .session_id
        .as_deref()
        .map(str::trim)
        .filter(|session| !session.is_empty());
    let signalled = match args.event {
        Signal::Started => started(context, session),
        Signal::Ended => ended(context, session),
        Signal::Submitted => submitted(context),
    };
    let failure = Answer::failure().with("event", event);
    let answer = match signalled {
        Ok(number) => Answer::success()
            .with("event", event)
            .with("issue_number", number),
        Err(Failed::Said(kind, message)) => {
            failure.with("error_type", kind).with("message", message)
        }
        Err(Failed::Trouble(trouble)) => tell(failure, &trouble),
    };
    answer.print(Layout::Indented)
}

/// Answers that nothing could be done.
pub(super) fn failed(args: &ImplSignalArgs, trouble: &Trouble) -> Exit {
    let failure = Answer::failure().with("event", args.event.word());
    tell(failure, trouble).print(Layout::Indented)
}

fn started(context: &Context, session: Option<&str>) -> Result<Json, Failed> {
    let Some(session) = session else {
        return Err(Failed::Said(
            "session-id-required",
            "--session-id is required for 'started' event".to_owned(),
        ));
    };
    let scene = Scene::find(context)?;
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
    scene.write_state(context, Event::Started, Some(session))?;
    let place = scene.place(context)?;
    let report = starting(context, &scene, &place, (&worktree, &branch), session)?;
    let number = report.plan.to_json();
    send(context, &place, report).map_err(Trouble::Unsent)?;
    Ok(number)
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
    place: &StoredPlace,
    args: &ImplSignalArgs,
) -> Result<(State, Report), CommandError> {
    let scene = Scene::find(context).map_err(troubled)?;
    let session = args.session_id.as_deref();
    match args.event {
        Signal::Started => {
            let session = session
                .ok_or_else(|| CommandError::usage("--session-id is required for `started`"))?;
            let worktree = scene.checkout.root.file_name().unwrap_or_default();
            let worktree = worktree.to_string_lossy().into_owned();
            let branch = scene
                .branch
                .clone()
                .ok_or_else(|| CommandError::failed("the head is detached"))?;
            let names = (worktree.as_str(), branch.as_str());
            let report = starting(context, &scene, place, names, session).map_err(troubled)?;
            Ok((
                Some((scene, Event::Started, Some(session.to_owned()))),
                report,
            ))
        }
        Signal::Ended => {
            let report = super::mark_impl::decide(context, &scene, place, Event::Ended, session)
                .map_err(troubled)?;
            let session = session.map(str::to_owned);
            Ok((Some((scene, Event::Ended, session)), report))
        }
        Signal::Submitted => {
            let (plan, provider) = scene.plan(context, place).map_err(troubled)?;
            Ok((None, submission(plan, provider)))
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
