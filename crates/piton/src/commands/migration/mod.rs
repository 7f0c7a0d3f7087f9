//! `piton migration`: large changes, staged.

mod approve;
mod archive;
mod delete;
mod diff;
mod doctor;
mod import;
mod list;
mod log;
mod new;
mod open;
pub(crate) mod planned_step;
pub(crate) mod proposed;
mod refine;
mod reject;
mod rename;
mod reopen;
mod repair;
mod review;
mod review_sheet;
mod share;
mod show;
mod standing;
mod step;
mod undo;
mod wake;

use std::path::Path;

use clap::Subcommand;
use piton_loop::planning::person::PersonRefusal;
use piton_migration::live::LiveDir;
use piton_migration::resolve::{ResolveError, resolve};
use piton_migration::slug::Slug;

use crate::config::nearest;
use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, ErrorKind};

/// Stage large changes, look at them, mend them
#[derive(Debug, Subcommand)]
#[command(
    defer = true,
    after_help = "\
Examples:
  piton migration new --target \"split the parser from the report\"
  piton migration step SLUG --until ready
  piton migration list
  piton migration review SLUG
  piton migration doctor --all"
)]
pub(crate) enum MigrationCommand {
    New(Box<new::NewArgs>),
    Step(Box<step::StepArgs>),
    Refine(Box<refine::RefineArgs>),
    Review(review::ReviewArgs),
    Approve(approve::ApproveArgs),
    Reject(reject::RejectArgs),
    Wake(wake::WakeArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Open(open::OpenArgs),
    Diff(diff::DiffArgs),
    Log(log::LogArgs),
    Undo(undo::UndoArgs),
    Reopen(reopen::ReopenArgs),
    Rename(rename::RenameArgs),
    Archive(archive::ArchiveArgs),
    Delete(delete::DeleteArgs),
    Doctor(doctor::DoctorArgs),
    Share(share::ShareArgs),
    Import(import::ImportArgs),
}

pub(crate) fn run(context: &Context, command: &MigrationCommand) -> CommandResult {
    match command {
        MigrationCommand::New(args) => new::run(context, args),
        MigrationCommand::Step(args) => step::run(context, args),
        MigrationCommand::Refine(args) => refine::run(context, args),
        MigrationCommand::Review(args) => review::run(context, args),
        MigrationCommand::Approve(args) => approve::run(context, args),
        MigrationCommand::Reject(args) => reject::run(context, args),
        MigrationCommand::Wake(args) => wake::run(context, args),
        MigrationCommand::List(args) => list::run(context, args),
        MigrationCommand::Show(args) => show::run(context, args),
        MigrationCommand::Open(args) => open::run(context, args),
        MigrationCommand::Diff(args) => diff::run(context, args),
        MigrationCommand::Log(args) => log::run(context, args),
        MigrationCommand::Undo(args) => undo::run(context, args),
        MigrationCommand::Reopen(args) => reopen::run(context, args),
        MigrationCommand::Rename(args) => rename::run(context, args),
        MigrationCommand::Archive(args) => archive::run(context, args),
        MigrationCommand::Delete(args) => delete::run(context, args),
        MigrationCommand::Doctor(args) => doctor::run(context, args),
        MigrationCommand::Share(args) => share::run(context, args),
        MigrationCommand::Import(args) => import::run(context, args),
    }
}

impl Place {
    /// Returns the migrations directory that is configured.
    pub(crate) fn live(&self) -> LiveDir {
        let relative = self.settings.migrations_dir();
        LiveDir::new(self.top(), relative.trim_end_matches('/'))
    }
}

/// Finds the migration that was meant: by its slug, its path, or the beginning
/// of its slug where that fits one alone.
fn find(context: &Context, live: &LiveDir, value: &Path) -> Result<Slug, CommandError> {
    let error = match resolve(&context.disk, live, value) {
        Ok(slug) => return Ok(slug),
        Err(error) => error,
    };
    let kind = match &error {
        ResolveError::Io { .. } => ErrorKind::Failed,
        ResolveError::Empty
        | ResolveError::Unknown { .. }
        | ResolveError::Parent { .. }
        | ResolveError::Link { .. }
        | ResolveError::Outside { .. }
        | ResolveError::NotADirectory { .. }
        | ResolveError::Name { .. }
        | ResolveError::NotUtf8 { .. } => ErrorKind::Usage,
    };
    let unknown = matches!(&error, ResolveError::Unknown { .. });
    let refused = CommandError::new(kind, "could not find the migration").with_source(error);
    let (true, Some(text)) = (unknown, value.to_str()) else {
        return Err(refused);
    };
    let slugs = live
        .contents(&context.disk)
        .map(|contents| contents.slugs)
        .unwrap_or_default();
    let mut fitting = slugs.iter().filter(|slug| slug.as_str().starts_with(text));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(one), Some(other)) => Err(CommandError::usage(format!(
            "`{text}` fits more than one migration"
        ))
        .hint(format!("which one: {one}, {other}, …?"))),
        (None, _) => {
            let near = nearest(text, slugs.iter().map(Slug::as_str));
            Err(refused.argument(text).suggest(near))
        }
    }
}

/// Turns a refusal of a person's decision into the error of a command.
pub(crate) fn person_refusal(error: PersonRefusal, slug: &Slug) -> CommandError {
    let kind = match &error {
        PersonRefusal::AsksPerson { .. } => ErrorKind::NeedsPerson,
        PersonRefusal::NotAwaiting { .. }
        | PersonRefusal::OpenFindings { .. }
        | PersonRefusal::Over { .. }
        | PersonRefusal::Blank { .. }
        | PersonRefusal::Awake { .. }
        | PersonRefusal::Transition { .. }
        | PersonRefusal::State { .. }
        | PersonRefusal::NotRejected { .. }
        | PersonRefusal::NothingBefore { .. }
        | PersonRefusal::PhaseLanded { .. }
        | PersonRefusal::StillAwaiting { .. } => ErrorKind::Usage,
        PersonRefusal::Changed { .. } => ErrorKind::Stale,
        PersonRefusal::Snapshot(_)
        | PersonRefusal::Site(_)
        | PersonRefusal::ReviewedManifest { .. }
        | PersonRefusal::NoReviewedManifest { .. } => ErrorKind::Failed,
    };
    let hint = error.hint();
    CommandError::new(
        kind,
        format!("could not decide about {slug}; nothing was changed"),
    )
    .with_source(error)
    .hints(hint)
}
