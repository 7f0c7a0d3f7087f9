//! What piton knows of the machine and the user who started it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// The environment that piton itself was given, as a value from `main`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Host {
    pub environment: BTreeMap<OsString, OsString>,
    /// Whether piton runs as the superuser; some agents need to be told.
    pub is_root: bool,
}

impl Host {
    /// Takes the variables of the process, as `std::env::vars_os` gives them.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self {
            environment: variables.into_iter().collect(),
            is_root: rustix::process::geteuid().is_root(),
        }
    }

    pub fn variable(&self, name: &str) -> Option<&OsString> {
        self.environment.get(std::ffi::OsStr::new(name))
    }

    /// Finds a program the way a shell would, without running anything. A name
    /// with a slash is taken from `directory` when it is not absolute.
    pub fn find_program(&self, program: &str, directory: &Path) -> Option<PathBuf> {
        if program.contains('/') {
            let path = directory.join(program);
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
            .finish()
    }
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}
