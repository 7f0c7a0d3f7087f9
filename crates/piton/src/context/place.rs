//! The repository that a command works in.

use std::path::{Path, PathBuf};

use piton_base::{RepoPath, StateDir};
use piton_durable::{Lock, RealDisk};
use piton_git::{GitError, GitRead as _, Repository};
use piton_loop::planning::site::Site as PlanningSite;
use piton_migration::live::LiveDir;
use piton_migration::slug::Slug;

use crate::config::{Environment, Settings};
use crate::error::{Attempt as _, CommandError};

/// The repository's configuration file.
pub(crate) const CONFIG_FILE: &str = "piton.toml";

/// A repository and the settings that hold in it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) repository: Repository,
    pub(crate) settings: Settings,
    /// Whether settings that name programs count as they are committed.
    pub(super) vetted: bool,
}

impl Place {
    /// Looks at a place for somebody who wants no errors.
    pub(crate) fn at(directory: &Path, environment: &Environment) -> Option<Self> {
        let repository = Repository::find(directory).ok()?;
        let ours = repository.top().join(CONFIG_FILE);
        let user = environment.user_config();
        let settings = Settings::load(&RealDisk, Some(&ours), user.as_deref(), environment).ok()?;
        Some(Self {
            repository,
            settings,
            vetted: false,
        })
    }

    pub(super) fn settings_file(&self) -> PathBuf {
        self.top().join(CONFIG_FILE)
    }

    pub(super) fn committed_settings(&self) -> Result<Option<Vec<u8>>, GitError> {
        self.repository.file_at_head(Path::new(CONFIG_FILE))
    }

    /// Returns the directory of this clone's own state.
    pub(crate) fn state(&self) -> StateDir {
        StateDir::of(self.repository.common_dir())
    }

    pub(crate) fn top(&self) -> &Path {
        self.repository.top()
    }

    /// Returns the migrations directory that is configured.
    pub(crate) fn live(&self) -> LiveDir {
        let relative = self.settings.migrations_dir();
        LiveDir::new(self.top(), relative.trim_end_matches('/'))
    }

    /// Returns where migrations and what piton keeps of them are.
    pub(crate) fn planning_site(&self) -> Result<PlanningSite, CommandError> {
        let migrations = self.settings.migrations_dir();
        PlanningSite::new(self.top(), migrations, self.state().path())
            .or_usage("could not use `migrations-dir`")
    }

    /// Returns where a migration is, from the top of the repository.
    pub(crate) fn path_of(&self, slug: &Slug) -> Result<RepoPath, CommandError> {
        self.repo_path(&self.live().migration(slug))
    }

    /// Returns a path from the top of the repository.
    pub(crate) fn repo_path(&self, path: &Path) -> Result<RepoPath, CommandError> {
        let inside = path.strip_prefix(self.top()).unwrap_or(path);
        let parsed = inside.to_string_lossy().parse();
        parsed.or_internal("could not name a path in the repository")
    }

    /// Requires that one can write here at all: whoever learns it after an
    /// agent was paid learns it too late.
    pub(crate) fn refuse_unfit_lock(&self) -> Result<(), CommandError> {
        Lock::at(self.state().lock())
            .refuse_unfit()
            .or_failed(NOBODY_CALLED)
    }

    /// The same of all that a commit takes.
    pub(crate) fn refuse_unwritable(&self) -> Result<(), CommandError> {
        self.refuse_unfit_lock()?;
        self.repository.refuse_unwritable().map_err(unwritable)
    }

    /// The same of the directory in which migrations are exchanged.
    pub(crate) fn refuse_unwritable_migrations(&self) -> Result<(), CommandError> {
        piton_git::refuse_unwritable(self.live().path()).map_err(unwritable)
    }
}

const NOBODY_CALLED: &str = "could not begin; nothing was changed, no agent was called";

fn unwritable(error: GitError) -> CommandError {
    CommandError::failed(NOBODY_CALLED)
        .hints(error.hint())
        .with_source(error)
}
