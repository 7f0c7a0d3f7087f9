//! Where migrations and this clone's own state are.

use std::path::{Path, PathBuf};

use piton_base::{StateDir, is_reserved_name};
use piton_migration::planning::Home;
use piton_migration::slug::Slug;

/// The places of one repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    root: PathBuf,
    migrations: String,
    state: PathBuf,
}

/// A migrations directory that cannot be one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "{0:?} cannot be the migrations directory, which is a path below the top of the repository, such as \"migrations\""
)]
pub struct MigrationsDirError(String);

impl Site {
    /// Takes the top of the working tree, the migrations directory relative to
    /// it, and the directory of this clone's own state.
    pub fn new(root: &Path, migrations: &str, state: &Path) -> Result<Self, MigrationsDirError> {
        let parts: Vec<&str> = migrations
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        let bad =
            |part: &&str| *part == ".." || is_reserved_name(part) || part.contains(['\0', '\\']);
        if migrations.starts_with('/') || parts.is_empty() || parts.iter().any(bad) {
            return Err(MigrationsDirError(migrations.to_owned()));
        }
        Ok(Self {
            root: root.to_owned(),
            migrations: parts.join("/"),
            state: state.to_owned(),
        })
    }

    /// Returns the same places below another top: a slot's.
    #[must_use]
    pub(crate) fn at(&self, top: &Path) -> Self {
        Self {
            root: top.to_owned(),
            ..self.clone()
        }
    }

    /// Returns the top of the working tree.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the migrations directory, relative to the top.
    pub fn migrations(&self) -> &str {
        &self.migrations
    }

    /// Returns a migration's directory, relative to the top.
    pub fn relative(&self, slug: &Slug) -> String {
        format!("{}/{slug}", self.migrations)
    }

    /// Returns a migration's directory.
    pub fn live(&self, slug: &Slug) -> PathBuf {
        self.root.join(&self.migrations).join(slug.as_str())
    }

    /// Returns the place that stage references of a migration start from.
    pub fn home(&self, slug: &Slug) -> Home {
        Home::new(&self.migrations, slug.as_str())
    }

    pub fn state(&self) -> &Path {
        &self.state
    }

    pub fn runs(&self) -> PathBuf {
        StateDir::at(&self.state).runs()
    }

    pub(crate) fn failures(&self) -> PathBuf {
        StateDir::at(&self.state).failures()
    }

    /// Returns where candidates are built.
    pub fn candidates(&self) -> PathBuf {
        StateDir::at(&self.state).candidates()
    }

    /// Returns where what agents left in failed calls is kept for a while.
    pub(crate) fn failed(&self) -> PathBuf {
        StateDir::at(&self.state).failed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_directory_stays_below_the_top() {
        let at = |dir| Site::new(Path::new("/r"), dir, Path::new("/r/.git/piton"));
        assert_eq!(at("./docs//plans/").unwrap().migrations(), "docs/plans");
        for bad in ["", ".", "/abs", "../up", "a/../b", ".git/x", "a\\b"] {
            assert!(at(bad).is_err(), "{bad}");
        }
    }
}
