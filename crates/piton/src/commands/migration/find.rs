//! Finding the migration that a word means.

use std::path::{Path, PathBuf};

use clap::Args;
use piton_migration::resolve::{ResolveError, resolve};
use piton_migration::slug::Slug;

use crate::config::nearest;
use crate::context::{Context, Place};
use crate::error::{CommandError, ErrorKind};
use crate::planned::PlanArgs;

/// A migration, and how a plan about it is carried out.
#[derive(Debug, Args)]
pub(super) struct About {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,
    #[command(flatten)]
    pub(super) plan: PlanArgs,
}

impl About {
    /// Finds it, for a command that writes.
    pub(super) fn find(&self, context: &Context) -> Result<(Place, Slug), CommandError> {
        let place = context.place_to_write(&self.plan)?;
        let slug = find(context, &place, &self.slug)?;
        Ok((place, slug))
    }
}

/// Finds the migration that was meant: by its slug, its path, or the beginning
/// of its slug where that fits one alone.
pub(super) fn find(context: &Context, place: &Place, value: &Path) -> Result<Slug, CommandError> {
    let live = place.live();
    let error = match resolve(&context.disk, &live, value) {
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
    let hint = error.hint();
    let refused = CommandError::new(kind, "could not find the migration").with_source(error);
    let (true, Some(text)) = (unknown, value.to_str()) else {
        return Err(refused.hints(hint));
    };
    let slugs = live
        .contents(&context.disk)
        .map(|contents| contents.slugs)
        .unwrap_or_default();
    let mut fitting = slugs.iter().filter(|slug| slug.as_str().starts_with(text));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(one), Some(other)) => {
            let more = if fitting.next().is_some() {
                ", …"
            } else {
                ""
            };
            Err(
                CommandError::usage(format!("`{text}` fits more than one migration"))
                    .hint(format!("name one of them: {one}, {other}{more}")),
            )
        }
        (None, _) => {
            let near = nearest(text, slugs.iter().map(Slug::as_str));
            Err(refused.argument(text).suggest(near).hints(hint))
        }
    }
}
