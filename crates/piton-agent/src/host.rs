//! What piton knows of the machine and the user who started it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

/// The environment that piton itself was given, as a value from `main`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Host {
    pub environment: BTreeMap<OsString, OsString>,
    /// Whether piton runs as the superuser; some agents need to be told.
    pub is_root: bool,
    /// Where a program with a relative path is looked for: the repository, never
    /// the slot of an agent, which could put another program there.
    pub directory: PathBuf,
}

impl Host {
    /// Takes the variables of the process, as `std::env::vars_os` gives them.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self {
            environment: variables.into_iter().collect(),
            is_root: rustix::process::geteuid().is_root(),
            directory: PathBuf::from("/"),
        }
    }

    /// Says where a program with a relative path is looked for.
    #[must_use]
    pub fn with_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    pub fn variable(&self, name: &str) -> Option<&OsString> {
        self.environment.get(std::ffi::OsStr::new(name))
    }

    /// Returns the zone in which programs of this machine tell the time.
    pub(crate) fn zone(&self) -> TimeZone {
        let named = self.variable("TZ").and_then(|name| name.to_str());
        named
            .and_then(|name| TimeZone::get(name.trim_start_matches(':')).ok())
            .unwrap_or_else(TimeZone::system)
    }

    /// Finds a program the way a shell would, without running anything.
    pub fn find_program(&self, program: &str) -> Option<PathBuf> {
        if program.contains('/') {
            let path = self.directory.join(program);
            return is_executable(&path).then_some(path);
        }
        std::env::split_paths(self.variable("PATH")?)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(program))
            .find(|path| is_executable(path))
    }
}

// The environment holds secrets: only the names are ever shown.
impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("environment", &self.environment.keys().collect::<Vec<_>>())
            .field("is_root", &self.is_root)
            .field("directory", &self.directory)
            .finish()
    }
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_on_the_path_or_from_the_repository() {
        let host =
            Host::new([("PATH".into(), "relative:/bin:/usr/bin".into())]).with_directory("/bin");
        assert!(
            host.find_program("sh")
                .is_some_and(|path| path.is_absolute())
        );
        assert_eq!(host.find_program("./sh"), Some(PathBuf::from("/bin/./sh")));
        assert_eq!(host.find_program("/bin/sh"), Some(PathBuf::from("/bin/sh")));
        assert_eq!(host.find_program("no-such-program-here"), None);
        assert_eq!(host.find_program("/etc/passwd"), None);
    }

    #[test]
    fn printing_a_host_shows_names_and_no_values() {
        let host = Host::new([("GH_TOKEN".into(), "ghp_secret".into())]);
        let shown = format!("{host:?}");
        assert!(
            shown.contains("GH_TOKEN") && !shown.contains("ghp_secret"),
            "{shown}"
        );
    }
}
