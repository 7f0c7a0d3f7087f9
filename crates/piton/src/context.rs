//! What every command is handed: the world it was started in.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Once;

use piton_base::{Clock as _, RepoPath, StateDir, Stop, SystemClock};
use piton_durable::platform::{Processes as _, RealProcesses};
use piton_durable::{DiskRead as _, Holder, Lock, RealDisk};
use piton_git::{GitError, GitRead, Repository};
use piton_loop::planning::site::Site as PlanningSite;
use piton_loop::runs::RunBook;
use piton_migration::live::LiveDir;
use piton_migration::slug::Slug;

use crate::config::{ConfigError, Settings};
use crate::env::Environment;
use crate::error::{Attempt as _, CommandError};
use crate::events::Events;
use crate::global::GlobalArgs;
use crate::output::{Channel, Level, Out};

/// The world of one command.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) out: &'static Out,
    pub(crate) global: GlobalArgs,
    pub(crate) environment: Environment,
    pub(crate) directory: PathBuf,
    pub(crate) disk: RealDisk,
    pub(crate) clock: SystemClock,
    pub(crate) stop: Stop,
    /// Who follows what happens.
    pub(crate) events: &'static Events,
    /// The record of this run, begun when an agent is called.
    pub(crate) book: RunBook<'static>,
    /// What is told once and no more: how agents are sealed.
    pub(crate) seal_told: Once,
}

/// A repository and the settings that hold in it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) repository: Repository,
    pub(crate) settings: Settings,
    /// Whether settings that name programs count as they are committed.
    vetted: bool,
}

impl Context {
    #[expect(
        clippy::disallowed_methods,
        reason = "the working directory comes in here and is passed on"
    )]
    pub(crate) fn new(
        global: GlobalArgs,
        environment: Environment,
        out: &'static Out,
    ) -> Result<Self, CommandError> {
        let here = std::env::current_dir().or_failed("could not find the working directory")?;
        let directory = match &global.directory {
            Some(named) => here.join(named),
            None => here,
        };
        if !directory.is_dir() {
            return Err(CommandError::usage(format!(
                "-C {}: no such directory",
                directory.display()
            )));
        }
        let clock = SystemClock::default();
        let to = global.events.as_deref();
        let events = kept(Events::new(out, &RealDisk, &directory, to)?);
        let stop = Stop::new();
        crate::signals::stop_on_signal(&stop);
        Ok(Self {
            out,
            global,
            environment,
            directory,
            disk: RealDisk,
            clock,
            stop,
            events,
            book: RunBook::new(&RealDisk, kept(clock), events),
            seal_told: Once::new(),
        })
    }

    /// Finds the repository and its settings.
    pub(crate) fn place(&self) -> Result<Place, CommandError> {
        self.place_at(&self.directory)
    }

    /// Finds the repository around another directory.
    pub(crate) fn place_at(&self, directory: &Path) -> Result<Place, CommandError> {
        let place = self.placed(Repository::find(directory)?)?;
        self.out.trace("found the repository, read the settings");
        Ok(place)
    }

    fn placed(&self, repository: Repository) -> Result<Place, CommandError> {
        self.clear_planted(&repository)?;
        Ok(Place {
            settings: self.settings(Some(repository.top()))?,
            repository,
            vetted: false,
        })
    }

    /// Returns a place where programs may be run that settings name: what an
    /// agent could have written into `piton.toml` counts as it is committed.
    pub(crate) fn vetted(&self, place: Place) -> Result<Place, CommandError> {
        if place.vetted {
            return Ok(place);
        }
        let (settings, refused) = Settings::load_vetted(
            &self.disk,
            &place.settings_file(),
            place.committed_settings()?.as_deref(),
            self.environment.user_config().as_deref(),
            &self.environment,
        )
        .map_err(unusable)?;
        if !refused.is_empty() {
            self.out.warn(&format!(
                "{} in {CONFIG_FILE} {} not as committed, and the committed settings count",
                refused.join(", "),
                if refused.len() == 1 { "is" } else { "are" },
            ));
            self.out.hint(&format!(
                "commit {CONFIG_FILE}, or set it for yourself: with a flag, a variable, or `piton config set --user`"
            ));
        }
        Ok(Place {
            settings,
            vetted: true,
            ..place
        })
    }

    /// Returns a place whose settings are those of the commit that is checked
    /// out: nothing that is done to the file meanwhile changes a run.
    pub(crate) fn committed(&self, place: Place) -> Result<Place, CommandError> {
        let (file, committed) = (place.settings_file(), place.committed_settings()?);
        let settings = Settings::load_committed(
            &self.disk,
            &file,
            committed.as_deref(),
            self.environment.user_config().as_deref(),
            &self.environment,
        )
        .map_err(unusable)?;
        if self.disk.read(&file).ok() != committed {
            self.out.warn(&format!(
                "{CONFIG_FILE} is not as committed, and a run goes by what is committed"
            ));
            self.out
                .hint(&format!("commit {CONFIG_FILE}, or set it with a flag"));
        }
        Ok(Place {
            settings,
            vetted: true,
            ..place
        })
    }

    /// The same, where being in a repository is not needed.
    pub(crate) fn place_if_any(&self) -> Result<Option<Place>, CommandError> {
        match Repository::find(&self.directory) {
            Ok(repository) => self.placed(repository).map(Some),
            Err(GitError::NotARepository { .. } | GitError::Bare { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Finds the repository alone, for those who repair its settings.
    pub(crate) fn repository(&self) -> Result<Repository, CommandError> {
        let repository = Repository::find(&self.directory)?;
        self.clear_planted(&repository)?;
        Ok(repository)
    }

    /// Reads the settings, with those of the repository at `top` if there is one.
    pub(crate) fn settings(&self, top: Option<&Path>) -> Result<Settings, CommandError> {
        let ours = top.map(|top| top.join(CONFIG_FILE));
        let user = self.environment.user_config();
        for file in [&ours, &user].into_iter().flatten() {
            let text = format!("settings from {}, if it is there", file.display());
            self.out.note(Channel::Config, Level::DETAIL, &text);
        }
        Settings::load(
            &self.disk,
            ours.as_deref(),
            user.as_deref(),
            &self.environment,
        )
        .map_err(unusable)
    }

    /// Whether anything is at a path.
    pub(crate) fn disk_has(&self, path: &Path) -> Result<bool, CommandError> {
        self.disk
            .stat(path)
            .map(|stat| stat.is_some())
            .or_failed(format!("could not look at {}", path.display()))
    }

    /// Says who holds a lock, for the messages of others.
    pub(crate) fn holder(&self, what: &str) -> Holder {
        Holder {
            pid: RealProcesses.own_pid(),
            host: RealProcesses.host(),
            since: self.clock.now(),
            what: what.to_owned(),
        }
    }

    /// Whether a person is there to answer.
    pub(crate) fn interactive(&self) -> bool {
        !self.global.non_interactive
            && std::io::stdin().is_terminal()
            && self.out.stderr_is_terminal()
    }
}

fn unusable(error: ConfigError) -> CommandError {
    let (excerpt, hint) = (error.excerpt.clone(), error.problem.hint());
    CommandError::usage(format!("could not use {error}"))
        .with_source(error.problem)
        .excerpt(excerpt)
        .hint(hint)
}

/// The repository's configuration file.
pub(crate) const CONFIG_FILE: &str = "piton.toml";

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

    fn settings_file(&self) -> PathBuf {
        self.top().join(CONFIG_FILE)
    }

    fn committed_settings(&self) -> Result<Option<Vec<u8>>, GitError> {
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
            .or_failed("could not begin; nothing was changed, no agent was called")
    }
}

/// Keeps a value for as long as the process lives: there is one of it, and
/// everything refers to it.
pub(crate) fn kept<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// Returns where this very program is.
pub(crate) fn program() -> Result<PathBuf, CommandError> {
    std::env::current_exe().or_internal("could not find this program")
}

/// Returns a short name that nothing else has.
pub(crate) fn token() -> String {
    let [a, b, c, d, ..] = random();
    format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
}

/// Returns ten random bytes. A random UUID has them where no version stands.
pub(crate) fn random() -> [u8; 10] {
    let bytes = *uuid::Uuid::new_v4().as_bytes();
    let mut random = [0; 10];
    random[..6].copy_from_slice(&bytes[..6]);
    random[6..].copy_from_slice(&bytes[9..13]);
    random
}
