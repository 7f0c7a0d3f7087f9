//! `piton exec --dry-run`: the same decision, shown as a plan.

use piton_backend::folder::{Event, STATE_FILE};
use piton_backend::header::Patch;
use piton_backend::operation::{AddComment, BackendOp, SetFields};
use piton_backend::store::{BackendError, Reason};
use piton_base::{RepoPath, StateDir, on_one_line};
use piton_github::operation::{CreateGist, ForgeOp};
use piton_plan::PlanBuilder;
use piton_plan::files::Content;

use super::event::{Scene, State, Trouble};
use super::report::Report;
use super::{
    ExecCommand, impl_signal, refused, remote_session, update_dispatch, update_header,
    upload_session,
};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::operation::files::put;
use crate::planned::{PlanArgs, Site};
use crate::stored::{StoredPlace, Undelivered, with_reader};
use crate::world::Reading;

/// Shows what a command would record. What stops the command stops this too, and
/// is answered as the command answers it: its callers go by the exit code.
pub(super) fn run(context: &Context, command: &ExecCommand) -> CommandResult {
    match rehearsed(context, command) {
        Ok(shown) => shown,
        Err(exit) => {
            context.out.prints_its_own();
            Ok(exit)
        }
    }
}

fn rehearsed(context: &Context, command: &ExecCommand) -> Result<CommandResult, Exit> {
    let stopped = |trouble: Trouble| refused(command, trouble);
    let unsent = |unsent: Undelivered| refused(command, Trouble::Unsent(unsent));
    let here = || {
        let found = StoredPlace::find(context);
        found.map_err(|error| stopped(Trouble::NoContext(error.on_one_line())))
    };
    let marked = |event, session: Option<&str>| -> Result<_, Exit> {
        let scene = Scene::find(context).map_err(stopped)?;
        let place = scene.place(context).map_err(stopped)?;
        let report = scene
            .report(context, &place, event, session)
            .map_err(stopped)?;
        let state = Some((scene, event, session.map(str::to_owned)));
        Ok((place, state, report))
    };
    let (place, state, report) = match command {
        ExecCommand::UpdateDispatchInfo(args) => {
            let place = here()?;
            let report = update_dispatch::decide(context, args).map_err(unsent)?;
            (place, None, report)
        }
        ExecCommand::UpdatePlanRemoteSession(args) => {
            let place = here()?;
            let report = remote_session::decide(context, args).map_err(unsent)?;
            (place, None, report)
        }
        ExecCommand::UpdatePrHeader(args) => {
            let patch = update_header::checked(args)?;
            let place = here()?;
            let report = update_header::report(context, args, patch).map_err(unsent)?;
            (place, None, report)
        }
        ExecCommand::MarkImplStarted(args) => marked(Event::Started, args.session_id.as_deref())?,
        ExecCommand::MarkImplEnded(args) => marked(Event::Ended, args.session_id.as_deref())?,
        ExecCommand::ImplSignal(args) => impl_signal::decide(context, args)
            .map_err(|failed| impl_signal::answered(args, failed))?,
        ExecCommand::GetPlanMetadata(_) => {
            return Ok(Err(CommandError::usage(
                "get-plan-metadata changes nothing",
            )
            .hint("run it without --dry-run")));
        }
        ExecCommand::UploadSession(args) => {
            let upload = upload_session::decide(context, args).map_err(upload_session::failed)?;
            let create = CreateGist {
                name: "session".to_owned(),
                description: upload.new.description,
                public: false,
                files: upload.new.files,
                besides: Vec::new(),
            };
            // What the plan is told is the gist's address, which nobody knows yet.
            let operations = vec![ForgeOp::CreateGist(create).into()];
            return Ok(show(context, &upload.place, operations));
        }
    };
    let operations = operations(context, &place, state, &report).map_err(stopped)?;
    Ok(show(context, &place, operations))
}

fn operations(
    context: &Context,
    place: &StoredPlace,
    state: State,
    report: &Report,
) -> Result<Vec<Op>, Trouble> {
    let mut operations: Vec<Op> = Vec::new();
    if let Some((scene, event, session)) = state {
        let root = &place.checkout.root;
        let path = scene.folder.path.join(STATE_FILE);
        let path: RepoPath = path
            .strip_prefix(root)
            .ok()
            .and_then(|path| path.to_str())
            .and_then(|path| path.parse().ok())
            .ok_or_else(|| Trouble::StateNotWritten("it cannot be named".to_owned()))?;
        let text = scene.state(event, session.as_deref()).render();
        let why = "what happened last";
        let written = put((&context.disk, root), path, Content::Text(text), why)
            .map_err(|error| Trouble::StateNotWritten(error.on_one_line()))?;
        operations.extend(written.map(Op::from));
    }
    let plan = report.plan.clone();
    if let Some(text) = &report.told.comment {
        let text = text.clone();
        operations.push(BackendOp::Comment(AddComment { plan, text }).into());
    }
    let unsent = |reason: Reason, error: &dyn std::error::Error| {
        Trouble::Unsent(Undelivered::Refused {
            message: on_one_line(error),
            reason,
            queued: false,
        })
    };
    let patch = Patch::new(report.told.patch.clone())
        .map_err(|error| unsent(Reason::InvalidMetadata, &error))?;
    let provider = report.provider.unwrap_or_else(|| place.provider());
    let header = with_reader(context, place, provider, |backend| {
        let document = backend
            .document(&report.plan)?
            .ok_or_else(|| BackendError::NotFound(report.plan.clone()))?;
        Ok::<_, BackendError>(document.header()?)
    })
    .map_err(|error| Trouble::NoContext(error.on_one_line()))?
    .map_err(|error| unsent(error.reason(), &error))?;
    let set = SetFields::decide(report.plan.clone(), &patch, &header);
    operations.extend(set.map(|set| Op::from(BackendOp::SetFields(set))));
    Ok(operations)
}

fn show(context: &Context, place: &StoredPlace, operations: Vec<Op>) -> CommandResult {
    let mut builder = PlanBuilder::new("exec");
    for operation in operations {
        builder.add(operation);
    }
    let plan = builder.build()?;
    let args = PlanArgs {
        dry_run: true,
        ..PlanArgs::plain()
    };
    let site = Site {
        context,
        reading: Reading::new(context, None),
        state: StateDir::of(&place.checkout.common_dir),
        told: Vec::new(),
    };
    site.carry_out(&args, &plan)
}
