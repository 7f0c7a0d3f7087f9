//! `piton migration`: large changes, staged.

mod doctor;
mod list;
mod repair;
mod show;

use std::path::Path;

use clap::Subcommand;
use piton_migration::live::LiveDir;
use piton_migration::resolve::{ResolveError, resolve};
use piton_migration::slug::Slug;

use crate::context::{Context, Place};
use crate::error::{CommandError, CommandResult, ErrorKind};

/// Stage large changes, look at them, mend them
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  piton migration list
  piton migration show SLUG
  piton migration doctor --all")]
pub(crate) enum MigrationCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
    Doctor(doctor::DoctorArgs),
}

pub(crate) fn run(context: &Context, command: &MigrationCommand) -> CommandResult {
    match command {
        MigrationCommand::List(args) => list::run(context, args),
        MigrationCommand::Show(args) => show::run(context, args),
        MigrationCommand::Doctor(args) => doctor::run(context, args),
    }
}

impl Place {
    /// Returns the migrations directory that is configured.
    pub(crate) fn live(&self) -> LiveDir {
        let relative = self.settings.text("migrations-dir").unwrap_or("migrations");
        LiveDir::new(self.top(), relative.trim_end_matches('/'))
    }
}

/// Finds the migration that was meant.
fn find(context: &Context, live: &LiveDir, value: &Path) -> Result<Slug, CommandError> {
    resolve(&context.disk, live, value).map_err(|error| {
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
        CommandError::new(kind, "could not find the migration").because(error)
    })
}

/// A migrations directory that cannot be listed.
fn unlistable(live: &LiveDir, error: std::io::Error) -> CommandError {
    CommandError::failed(format!("could not list {}", live.path().display())).because(error)
}
