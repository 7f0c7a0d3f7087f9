//! The one order: flag, environment, `piton.toml`, user configuration, default.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use piton_base::RepoPath;
use piton_durable::{DiskError, DiskRead, Kind};

use super::env::Environment;
use super::key::{Key, variable};
use super::known::KNOWN;
use super::layer::{ConfigError, ENVIRONMENT, Layer, Problem};
use super::value::{Parsed, Value};
use super::vetted::vet;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag(&'static str),
    Variable(String),
    File { file: PathBuf, line: usize },
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "flag {flag}"),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::File { file, line } => write!(f, "{}:{line}", file.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The agents that piton knows without a description.
const AGENTS: [&str; 6] = ["claude", "codex", "command", "gemini", "opencode", "script"];

/// Every setting that has a value, with its origin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    values: BTreeMap<Key, (Value, Origin)>,
    /// Descriptions of agents; the repository's go before the user's.
    adapters: BTreeMap<String, (String, PathBuf)>,
}

impl Settings {
    /// Reads the files that are there and puts the layers on one another.
    /// A flag comes later, with [`Settings::flag`].
    pub(crate) fn load(
        disk: &dyn DiskRead,
        repository_file: Option<&Path>,
        user_file: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let mut settings = Self::default();
        for known in KNOWN {
            if let Some(default) = known.default
                && let (Ok(key), Ok(value)) = (Key::find(known.name), known.kind.parse(default))
            {
                settings.values.insert(key, (value, Origin::Default));
            }
        }
        for (file, is_users) in [(user_file, true), (repository_file, false)] {
            if let Some(file) = file
                && let Some(layer) = Self::layer(disk, file)?
            {
                settings.put(layer, file, is_users)?;
            }
        }
        settings.add_environment(environment)?;
        Ok(settings)
    }

    /// The same, for commands that run programs: of what an agent could have
    /// written into the repository's file, only what is `committed` counts.
    /// Returns also the names of what does not.
    pub(crate) fn load_vetted(
        disk: &dyn DiskRead,
        repository_file: &Path,
        committed: Option<&[u8]>,
        user_file: Option<&Path>,
        environment: &Environment,
    ) -> Result<(Self, Vec<String>), ConfigError> {
        let mut settings = Self::load(disk, None, user_file, &Environment::default())?;
        let mut layer = Self::layer(disk, repository_file)?.unwrap_or_default();
        // What cannot be read as committed settings sets nothing.
        let committed = committed
            .and_then(|bytes| Layer::parse(repository_file, bytes).ok())
            .unwrap_or_default();
        let below = |name: &str| settings.text(name).map(str::to_owned);
        let refused = vet(&mut layer, &committed, &below);
        settings.put(layer, repository_file, false)?;
        settings.add_environment(environment)?;
        Ok((settings, refused))
    }

    /// The same, for a run: the repository's file is as it is committed, and
    /// what is in the working tree says nothing.
    pub(crate) fn load_committed(
        disk: &dyn DiskRead,
        repository_file: &Path,
        committed: Option<&[u8]>,
        user_file: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let mut settings = Self::load(disk, None, user_file, &Environment::default())?;
        if let Some(bytes) = committed {
            let layer = Layer::parse(repository_file, bytes)?;
            settings.put(layer, repository_file, false)?;
        }
        settings.add_environment(environment)?;
        Ok(settings)
    }

    /// Puts a flag's value over everything else.
    pub(crate) fn flag(
        &mut self,
        name: &str,
        flag: &'static str,
        value: Option<&str>,
    ) -> Result<(), crate::error::CommandError> {
        let Some(value) = value else { return Ok(()) };
        let wrong = |why: String| crate::error::CommandError::usage(format!("{flag} {why}"));
        let key = Key::find(name).map_err(|error| wrong(error.to_string()))?;
        let value = key.kind().parse(value).map_err(wrong)?;
        self.values.insert(key, (value, Origin::Flag(flag)));
        Ok(())
    }

    /// Returns all settings that have a value, by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Key, &Value, &Origin)> {
        self.values
            .iter()
            .map(|(key, (value, origin))| (key, value, origin))
    }

    pub(crate) fn get(&self, name: &str) -> Option<(&Value, &Origin)> {
        let key = Key::find(name).ok()?;
        self.values.get(&key).map(|(value, origin)| (value, origin))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).map(|(value, _)| value.written.as_str())
    }

    pub(crate) fn path(&self, name: &str) -> Option<&RepoPath> {
        let Parsed::RepoPath(path) = &self.get(name)?.0.parsed else {
            return None;
        };
        Some(path)
    }

    /// Returns the description of an agent from a file, and which file.
    pub(crate) fn adapter(&self, name: &str) -> Option<(&str, &Path)> {
        self.adapters
            .get(name)
            .map(|(text, file)| (text.as_str(), file.as_path()))
    }

    /// Returns the names under which an agent can be chosen.
    pub(crate) fn agent_names(&self) -> Vec<String> {
        let known = AGENTS.into_iter();
        let names: BTreeSet<&str> = known.chain(self.adapter_names()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    pub(crate) fn adapter_names(&self) -> impl Iterator<Item = &str> {
        self.adapters.keys().map(String::as_str)
    }

    /// Reads a file, if it is there.
    fn layer(disk: &dyn DiskRead, file: &Path) -> Result<Option<Layer>, ConfigError> {
        let refuse =
            |error: DiskError| ConfigError::of_file(file, Problem::Unreadable(error.into()));
        match disk.stat(file).map_err(refuse)?.map(|stat| stat.kind) {
            None => return Ok(None),
            Some(Kind::Symlink) => {
                return Err(ConfigError::of_file(file, Problem::Link));
            }
            Some(Kind::File | Kind::Dir | Kind::Other) => {}
        }
        let bytes = disk.read(file).map_err(refuse)?;
        Layer::parse(file, &bytes).map(Some)
    }

    /// Puts what a file says over what is there.
    fn put(&mut self, layer: Layer, file: &Path, is_users: bool) -> Result<(), ConfigError> {
        for (key, (value, line)) in layer.values {
            if key.is_users_only() && !is_users {
                let key = key.to_string();
                return Err(ConfigError {
                    line: Some(line),
                    ..ConfigError::of_file(file, Problem::UsersOnly { key })
                });
            }
            let file = file.to_owned();
            self.values
                .insert(key, (value, Origin::File { file, line }));
        }
        for (name, text) in layer.adapters {
            self.adapters.insert(name, (text, file.to_owned()));
        }
        Ok(())
    }

    fn add_environment(&mut self, environment: &Environment) -> Result<(), ConfigError> {
        for known in KNOWN {
            let name = variable(known.name);
            let Some(written) = environment.get(&name) else {
                continue;
            };
            let value = known.kind.parse(written).map_err(|why| {
                let key = name.clone();
                let problem = Problem::WrongValue { key, why };
                ConfigError::of_file(Path::new(ENVIRONMENT), problem)
            })?;
            if let Ok(key) = Key::find(known.name) {
                self.values.insert(key, (value, Origin::Variable(name)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use piton_durable::RealDisk;

    use super::*;

    #[test]
    fn the_nearer_source_wins_and_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let (ours, users) = (dir.path().join("piton.toml"), dir.path().join("user.toml"));
        let write = |path: &Path, text: &str| {
            piton_durable::write_atomic(&RealDisk, path, text.as_bytes(), 0o644).unwrap();
        };
        write(
            &users,
            "taste = \"u\"\ncommit-prefix = \"u\"\n[agent]\nmodel = \"u\"\nuse = \"codex\"\n",
        );
        write(
            &ours,
            "taste = \"r\"\ncommit-prefix = \"r\"\n[agent]\nmodel = \"r\"\n",
        );
        let environment: Environment = [("PITON_TASTE", "e"), ("PITON_AGENT_MODEL", "e")]
            .into_iter()
            .collect();
        let mut settings =
            Settings::load(&RealDisk, Some(&ours), Some(&users), &environment).unwrap();
        settings.flag("agent.model", "--model", Some("f")).unwrap();
        let got = |name| {
            let (value, origin) = settings.get(name).unwrap();
            format!("{value} from {origin}")
        };
        assert_eq!(got("agent.model"), "f from flag --model");
        assert_eq!(got("taste"), "e from environment PITON_TASTE");
        assert_eq!(got("commit-prefix"), format!("r from {}:2", ours.display()));
        assert_eq!(
            got("agent.use"),
            format!("codex from {}:5", users.display())
        );
        assert_eq!(got("runs.keep"), "200 from default");
    }

    #[test]
    fn a_variable_with_a_wrong_value_is_refused_by_name() {
        let environment: Environment = [("PITON_RUNS_KEEP", "lots")].into_iter().collect();
        let error = Settings::load(&RealDisk, None, None, &environment).unwrap_err();
        assert_eq!(
            error.problem.to_string(),
            "`PITON_RUNS_KEEP` must be a whole number, 0 or more"
        );
    }
}
