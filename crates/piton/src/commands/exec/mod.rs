//! `piton exec`: what agents and CI jobs report, in JSON with fixed shapes.

mod answer;
mod event;
mod get_metadata;
mod impl_signal;
mod mark_impl;
mod rehearse;
mod remote_session;
mod report;
mod update_dispatch;
mod update_header;
mod upload_session;

use clap::{Args, Subcommand};

use event::Trouble;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::stored::Undelivered;

/// Report what happened to a stored plan (for agents and CI jobs)
///
/// Each command answers with one JSON object and a fixed exit code. No option
/// changes an answer; with `--dry-run` there is a plan in its place. What cannot be sent waits in this clone's outbox and is
/// sent by the next command.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec impl-signal started --session-id \"$SESSION\" || true
  piton exec update-dispatch-info 42 22035662991 WFR_kwLO 2026-02-15T10:00:00Z
  piton exec get-plan-metadata 42 branch_name")]
pub(crate) struct ExecArgs {
    /// Show what would be recorded, and change nothing
    #[arg(short = 'n', long, global = true, display_order = 99)]
    dry_run: bool,

    #[command(subcommand)]
    command: ExecCommand,
}

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum ExecCommand {
    UpdateDispatchInfo(update_dispatch::UpdateDispatchArgs),
    MarkImplStarted(mark_impl::MarkStartedArgs),
    MarkImplEnded(mark_impl::MarkEndedArgs),
    ImplSignal(impl_signal::ImplSignalArgs),
    UpdatePlanRemoteSession(remote_session::RemoteSessionArgs),
    UploadSession(upload_session::UploadSessionArgs),
    #[command(visible_alias = "update-plan-header")]
    UpdatePrHeader(update_header::UpdateHeaderArgs),
    #[command(visible_alias = "get-pr-metadata")]
    GetPlanMetadata(get_metadata::GetMetadataArgs),
}

impl ExecArgs {
    /// Whether a plan is shown in place of the answer that callers know.
    pub(crate) const fn rehearses(&self) -> bool {
        self.dry_run
    }
}

pub(crate) fn run(context: &Context, args: &ExecArgs) -> CommandResult {
    if args.dry_run {
        return rehearse::run(context, &args.command);
    }
    Ok(perform(context, &args.command))
}

fn perform(context: &Context, command: &ExecCommand) -> Exit {
    match command {
        ExecCommand::UpdateDispatchInfo(args) => update_dispatch::run(context, args),
        ExecCommand::MarkImplStarted(args) => mark_impl::started(context, args),
        ExecCommand::MarkImplEnded(args) => mark_impl::ended(context, args),
        ExecCommand::ImplSignal(args) => impl_signal::run(context, args),
        ExecCommand::UpdatePlanRemoteSession(args) => remote_session::run(context, args),
        ExecCommand::UploadSession(args) => upload_session::run(context, args),
        ExecCommand::UpdatePrHeader(args) => update_header::run(context, args),
        ExecCommand::GetPlanMetadata(args) => get_metadata::run(context, args),
    }
}

/// Answers that there is nothing to work in: not even a directory.
pub(crate) fn without_context(args: &ExecArgs, error: &CommandError) -> Exit {
    refused(&args.command, Trouble::NoContext(error.on_one_line()))
}

/// Answers for a command that something stopped.
fn refused(command: &ExecCommand, trouble: Trouble) -> Exit {
    match command {
        ExecCommand::MarkImplStarted(_) | ExecCommand::MarkImplEnded(_) => {
            return mark_impl::failed(&trouble);
        }
        ExecCommand::ImplSignal(args) => return impl_signal::failed(args, &trouble),
        ExecCommand::UpdateDispatchInfo(_)
        | ExecCommand::UpdatePlanRemoteSession(_)
        | ExecCommand::UploadSession(_)
        | ExecCommand::UpdatePrHeader(_)
        | ExecCommand::GetPlanMetadata(_) => {}
    }
    // These have no work folder.
    let unsent = match trouble {
        Trouble::Unsent(unsent) => unsent,
        Trouble::NoContext(why) | Trouble::NoReference(why) | Trouble::StateNotWritten(why) => {
            Undelivered::NoBackend(why)
        }
    };
    match command {
        ExecCommand::UpdateDispatchInfo(_) => update_dispatch::failed(&unsent),
        ExecCommand::UpdatePlanRemoteSession(_) => remote_session::failed(&unsent),
        ExecCommand::UpdatePrHeader(_) => update_header::failed(&unsent),
        ExecCommand::UploadSession(_) => match unsent {
            Undelivered::NoBackend(why) | Undelivered::Refused { message: why, .. } => {
                upload_session::failed(why)
            }
        },
        ExecCommand::GetPlanMetadata(_)
        | ExecCommand::MarkImplStarted(_)
        | ExecCommand::MarkImplEnded(_)
        | ExecCommand::ImplSignal(_) => get_metadata::failed(unsent),
    }
}
