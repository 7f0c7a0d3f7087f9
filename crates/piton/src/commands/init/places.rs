//! Where things should be that may be elsewhere now.

use std::path::PathBuf;

use piton_base::RepoPath;

use super::adopt::{Registration, Taste};
use super::args::InitArgs;
use super::before::Before;
use crate::error::{Attempt as _, CommandError};

/// Where the two things are that a set-up may move.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) migrations: Wish,
    pub(super) taste: Wish,
    /// The taste that the original kept outside the repository.
    pub(super) taste_elsewhere: Option<PathBuf>,
}

impl Places {
    /// Settles them. A flag goes before piton's own file, and that before what
    /// the original knew.
    pub(super) fn of(
        args: &InitArgs,
        before: &Before,
        theirs: Option<&Registration>,
    ) -> Result<Self, CommandError> {
        let (in_repository, taste_elsewhere) = match theirs.and_then(|it| it.taste.clone()) {
            Some(Taste::InRepository(path)) => (Some(path), None),
            Some(Taste::Elsewhere(path)) => (None, Some(path)),
            None => (None, None),
        };
        let wish =
            |name: &str, flag: &Option<RepoPath>, theirs: Option<RepoPath>, default: &str| {
                let before = before.path(name).or(theirs);
                let wanted = match (flag, &before) {
                    (Some(flag), _) => flag.clone(),
                    (None, Some(before)) => before.clone(),
                    (None, None) => default.parse().or_internal("could not use a default")?,
                };
                Ok::<_, CommandError>(Wish {
                    before,
                    wanted,
                    force: args.force,
                })
            };
        Ok(Self {
            migrations: wish(
                "migrations-dir",
                &args.migrations_dir,
                theirs.and_then(|it| it.migrations_dir.clone()),
                "migrations",
            )?,
            taste: wish("taste", &args.taste, in_repository, ".piton/taste.md")?,
            taste_elsewhere,
        })
    }
}

/// Where one thing is now, and where it should be.
#[derive(Debug)]
pub(super) struct Wish {
    /// Where it was put before, by piton or by the original.
    pub(super) before: Option<RepoPath>,
    pub(super) wanted: RepoPath,
    pub(super) force: bool,
}
