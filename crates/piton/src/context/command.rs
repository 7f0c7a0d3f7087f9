//! What every command is handed: the world it was started in.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Once;

use piton_agent::Host;
use piton_base::{Clock as _, StateDir, Stop, SystemClock};
use piton_durable::platform::{Processes as _, RealProcesses};
use piton_durable::{DiskRead as _, Holder, RealDisk};
use piton_git::{GitError, GitRead as _, Repository};
use piton_loop::runs::RunBook;

use super::global::GlobalArgs;
use super::place::{CONFIG_FILE, Place};
use super::signals::stop_on_signal;
use crate::config::{ConfigError, ENVIRONMENT, Environment, Settings};
use crate::error::{Attempt as _, CommandError};
use crate::events::Events;
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
        if let Some(git) = Host::new(environment.raw()).find_program("git") {
            piton_git::program::is_at(&git);
        }
        let clock = SystemClock::default();
        let to = global.events.as_deref();
        let events = kept(Events::new(out, &RealDisk, &directory, to)?);
        let stop = Stop::new();
        stop_on_signal(&stop);
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

    /// Returns the directory of piton's own state here: the repository's, or
    /// outside of any the user's.
    pub(crate) fn state(&self) -> Result<StateDir, CommandError> {
        match self.place_if_any()? {
            Some(place) => Ok(place.state()),
            None => self.user_state(),
        }
    }

    /// Returns the directory of piton's own state outside of any repository.
    pub(crate) fn user_state(&self) -> Result<StateDir, CommandError> {
        let state = self.environment.user_state().ok_or_else(|| {
            CommandError::usage("could not find a place for the journal")
                .hint("set HOME or XDG_STATE_HOME, or work in a repository")
        })?;
        Ok(StateDir::at(&state))
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
    let (excerpt, mut hint) = (error.excerpt.clone(), error.problem.hint());
    if error.file == Path::new(ENVIRONMENT) {
        "give the variable another value, or unset it".clone_into(&mut hint);
    }
    CommandError::usage(format!("could not use {error}"))
        .with_source(error.problem)
        .excerpt(excerpt)
        .hint(hint)
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
