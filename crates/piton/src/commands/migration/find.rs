//! Finding the migration that a word means.

use std::path::Path;

use piton_migration::live::LiveDir;
use piton_migration::resolve::{ResolveError, resolve};
use piton_migration::slug::Slug;

use crate::config::nearest;
use crate::context::{Context, Place};
use crate::error::{CommandError, ErrorKind};
impl Place {
    /// Returns the migrations directory that is configured.
    pub(crate) fn live(&self) -> LiveDir {
        let relative = self.settings.migrations_dir();
        LiveDir::new(self.top(), relative.trim_end_matches('/'))
    }
}

/// Finds the migration that was meant: by its slug, its path, or the beginning
/// of its slug where that fits one alone.
pub(super) fn find(context: &Context, live: &LiveDir, value: &Path) -> Result<Slug, CommandError> {
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
