//! `piton exec --dry-run`: the same decision, shown as a plan.

use std::num::NonZeroUsize;

use piton_backend::folder::{Event, STATE_FILE};
use piton_backend::header::Patch;
use piton_backend::operation::{AddComment, BackendOp, SetFields};
use piton_base::{RepoPath, StateDir};
use piton_github::operation::{CreateGist, ForgeOp};
use piton_plan::files::{Content, How};
use piton_plan::{ErrorPolicy, PlanBuilder};

use super::event::{Scene, Trouble};
use super::report::{Report, Unsent};
use super::{
    ExecCommand, impl_signal, mark_impl, remote_session, update_dispatch, update_header,
    upload_session,
};
use crate::context::Context;
use crate::error::{CommandError, CommandResult, ErrorKind};
use crate::files::put;
use crate::op::Op;
use crate::planned::{PerformArgs, PlanArgs, Site};
use crate::stored::{StoredPlace, with_reader};
use crate::world::Reading;

/// Shows what a command would record.
pub(super) fn run(context: &Context, command: &ExecCommand) -> CommandResult {
    let place = StoredPlace::find(context)?;
    let marked = |event, session: Option<&str>| -> Result<_, CommandError> {
        let scene = Scene::find(context).map_err(troubled)?;
        let report =
            mark_impl::decide(context, &scene, &place, event, session).map_err(troubled)?;
        Ok((Some((scene, event, session.map(str::to_owned))), report))
    };
    let (state, report) = match command {
        ExecCommand::UpdateDispatchInfo(args) => {
            (None, update_dispatch::decide(args).map_err(unsent)?)
        }
        ExecCommand::UpdatePlanRemoteSession(args) => {
            (None, remote_session::decide(context, args).map_err(unsent)?)
        }
        ExecCommand::UpdatePrHeader(args) => (None, update_header::decide(args).map_err(unsent)?),
        ExecCommand::MarkImplStarted(args) => marked(Event::Started, args.session())?,
        ExecCommand::MarkImplEnded(args) => marked(Event::Ended, args.session())?,
        ExecCommand::ImplSignal(args) => impl_signal::decide(context, &place, args)?,
        ExecCommand::GetPlanMetadata(_) => {
            return Err(CommandError::usage("get-plan-metadata changes nothing")
                .hint("run it without --dry-run"));
        }
        ExecCommand::UploadSession(args) => {
            let upload = upload_session::decide(context, args).map_err(CommandError::failed)?;
            let create = CreateGist {
                name: "session".to_owned(),
                description: upload.new.description,
                public: false,
                files: upload.new.files,
                besides: Vec::new(),
            };
            // What the plan is told is the gist's address, which nobody knows yet.
            return show(context, &place, vec![ForgeOp::CreateGist(create).into()]);
        }
    };
    let operations = operations(context, &place, state, &report)?;
    show(context, &place, operations)
}

/// A state that would be written.
pub(super) type State = Option<(Scene, Event, Option<String>)>;

fn operations(
    context: &Context,
    place: &StoredPlace,
    state: State,
    report: &Report,
) -> Result<Vec<Op>, CommandError> {
    let mut operations: Vec<Op> = Vec::new();
    if let Some((scene, event, session)) = state {
        let root = &place.checkout.root;
        let path = scene.folder.path.join(STATE_FILE);
        let path: RepoPath = path
            .strip_prefix(root)
            .ok()
            .and_then(|path| path.to_str())
            .and_then(|path| path.parse().ok())
            .ok_or_else(|| CommandError::failed("could not name the state file"))?;
        let text = scene.state(event, session.as_deref()).render();
        let why = "what happened last";
        let written = put(
            (&context.disk, root),
            path,
            How::Create,
            Content::Text(text),
            why,
        )?;
        operations.extend(written.map(Op::from));
    }
    let plan = report.plan.clone();
    if let Some(text) = &report.comment {
        let text = text.clone();
        operations.push(BackendOp::Comment(AddComment { plan, text }).into());
    }
    let patch = Patch::new(report.patch.clone())
        .map_err(|error| CommandError::failed("could not use the fields").with_source(error))?;
    let provider = report.provider.unwrap_or_else(|| place.provider());
    let header = with_reader(context, place, provider, |backend| {
        let document = backend
            .document(&report.plan)?
            .ok_or_else(|| piton_backend::store::BackendError::NotFound(report.plan.clone()))?;
        Ok::<_, piton_backend::store::BackendError>(document.header()?)
    })?
    .map_err(|error| CommandError::failed("could not look at the plan").with_source(error))?;
    let set = SetFields::decide(report.plan.clone(), &patch, &header);
    operations.extend(set.map(|set| Op::from(BackendOp::SetFields(set))));
    Ok(operations)
}

fn show(context: &Context, place: &StoredPlace, operations: Vec<Op>) -> CommandResult {
    let mut builder = PlanBuilder::new("exec");
    for operation in operations {
        builder.add(operation);
    }
    let plan = builder.build().map_err(|error| {
        CommandError::new(ErrorKind::Internal, "could not make a plan").with_source(error)
    })?;
    let args = PlanArgs {
        dry_run: true,
        exit_code: false,
        plan_out: None,
        markdown: false,
        perform: PerformArgs {
            no_verify: false,
            jobs: NonZeroUsize::MIN,
            on_error: ErrorPolicy::SkipDependents,
        },
    };
    let site = Site {
        context,
        reading: Reading::new(context, None),
        state: StateDir::of(&place.checkout.common_dir),
        told: Vec::new(),
    };
    site.carry_out(&args, &plan)
}

pub(super) fn troubled(trouble: Trouble) -> CommandError {
    match trouble {
        Trouble::NoReference(why) | Trouble::NoContext(why) | Trouble::StateNotWritten(why) => {
            CommandError::failed(why)
        }
        Trouble::Unsent(why) => unsent(why),
    }
}

fn unsent(unsent: Unsent) -> CommandError {
    match unsent {
        Unsent::NoContext(why) => CommandError::failed(why),
        Unsent::Backend { message, .. } => CommandError::failed(message),
    }
}
