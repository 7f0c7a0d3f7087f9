//! `piton exec impl-signal`: an agent tells that its work began, ended, or was
//! submitted.

use clap::{Args, ValueEnum};
use piton_backend::folder::Event;
use piton_backend::store::Provider;
use piton_base::Digest;
use serde_json::{Value as Json, json};

use super::answer::{Answer, Layout};
use super::event::{Scene, State, Trouble};
use super::mark_impl::tell;
use super::report::{Report, send};
use crate::context::Context;
use crate::error::Exit;
use crate::stored::{StoredPlace, with_reader};

/// Report to the plan of this folder that work on it began, ended or was
/// submitted
///
/// `started` needs a session, and posts a comment once for each. The exit code
/// is always 0; the answer says whether it worked.
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
    /// What the work folder is told of it.
    const fn event(self) -> Option<Event> {
        match self {
            Self::Started => Some(Event::Started),
            Self::Ended => Some(Event::Ended),
            Self::Submitted => None,
        }
    }

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
    match perform(context, args) {
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
    (worktree, branch): &(String, String),
    session: Option<&str>,
) -> Result<Report, Trouble> {
    let mut report = scene.report(context, place, Event::Started, session)?;
    let mut named = vec![
        ("worktree_name".to_owned(), json!(worktree)),
        ("branch_name".to_owned(), json!(branch)),
    ];
    // Only plans in pull requests have a stage; the tool that keeps plans in
    // issues would refuse the field.
    if report.provider.unwrap_or_else(|| place.provider()) == Provider::GithubDraftPr {
        named.push(("lifecycle_stage".to_owned(), json!("impl")));
    }
    let comment = format!(
        "🚀 Starting implementation\n\n---\n\n**Worktree:** `{worktree}`\n**Branch:** `{branch}`\n"
    );
    report.told.key = key_of(&report.plan.to_string(), session.unwrap_or_default());
    report.told.patch.splice(..0, named);
    report.told.comment = Some(comment);
    Ok(report)
}

/// What a signal is about, before its plan is looked for.
struct Signalled<'a> {
    signal: Signal,
    session: Option<&'a str>,
    scene: Scene,
    /// What the worktree and its branch are called, where that is told.
    names: Option<(String, String)>,
}

impl<'a> Signalled<'a> {
    fn look(context: &Context, args: &'a ImplSignalArgs) -> Result<Self, Failed> {
        let (begins, session) = (args.event == Signal::Started, args.session());
        if begins && session.is_none() {
            let message = "--session-id is required for 'started' event".to_owned();
            return Err(Failed::Said("session-id-required", message));
        }
        let scene = Scene::find(context)?;
        Ok(Self {
            signal: args.event,
            session,
            names: begins.then(|| names(&scene)).transpose()?,
            scene,
        })
    }

    /// Decides what is reported.
    fn report(&self, context: &Context, place: &StoredPlace) -> Result<Report, Trouble> {
        let (scene, session) = (&self.scene, self.session);
        match (&self.names, self.signal.event()) {
            (Some(names), _) => starting(context, scene, place, names, session),
            (None, Some(event)) => scene.report(context, place, event, session),
            (None, None) => {
                let (plan, provider) = scene.plan(context, place)?;
                let patch = [("lifecycle_stage", json!("impl"))];
                Ok(Report {
                    provider,
                    ..Report::of(plan, patch)
                })
            }
        }
    }
}

fn perform(context: &Context, args: &ImplSignalArgs) -> Result<Json, Failed> {
    let signalled = Signalled::look(context, args)?;
    let scene = &signalled.scene;
    if let Some(event) = args.event.event() {
        scene.write_state(context, event, signalled.session)?;
    }
    let place = scene.place(context)?;
    let report = signalled.report(context, &place)?;
    if args.event == Signal::Submitted {
        refuse_unknown(context, &place, &report)?;
    }
    let number = report.plan.to_json();
    send(context, &place, report).map_err(Trouble::Unsent)?;
    Ok(number)
}

/// Decides what a signal would do.
pub(super) fn decide(
    context: &Context,
    args: &ImplSignalArgs,
) -> Result<(StoredPlace, State, Report), Failed> {
    let signalled = Signalled::look(context, args)?;
    let place = signalled.scene.place(context)?;
    let report = signalled.report(context, &place)?;
    let Signalled { scene, session, .. } = signalled;
    let event = args.event.event();
    let state = event.map(|event| (scene, event, session.map(str::to_owned)));
    Ok((place, state, report))
}

/// Returns the key of the start of a session, so that it is told once.
fn key_of(plan: &str, session: &str) -> String {
    let digest = Digest::of(format!("started\n{plan}\n{session}").as_bytes());
    // Sixteen bytes tell them apart.
    digest.hex().chars().take(32).collect()
}

/// Refuses to submit a plan that is not there.
fn refuse_unknown(context: &Context, place: &StoredPlace, report: &Report) -> Result<(), Failed> {
    let plan = &report.plan;
    let used = report.provider.unwrap_or_else(|| place.provider());
    let there = with_reader(context, place, used, |backend| backend.document(plan))
        .map_err(|error| Trouble::NoContext(error.on_one_line()))?;
    if matches!(there, Ok(None)) {
        let message = format!("Plan {plan} not found");
        return Err(Failed::Said("plan-not-found", message));
    }
    Ok(())
}
