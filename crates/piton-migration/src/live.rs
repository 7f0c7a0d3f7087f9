//! The migrations directory: which migrations there are, and their manifests.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, DiskResult, Kind};

use crate::json::DecodeError;
use crate::load::{LoadError, load};
use crate::manifest::{MANIFEST_FILE, Manifest};
use crate::planning::Home;
use crate::slug::Slug;

/// The internal directory that publishes leave their traces in.
pub(crate) const TRANSACTIONS_DIR: &str = "__transactions__";

/// A project's migrations directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveDir {
    project_root: PathBuf,
    relative: String,
    path: PathBuf,
}

impl LiveDir {
    /// Describes the directory: the project's absolute root, and the path
    /// below it with `/` between its components.
    pub fn new(project_root: &Path, relative: &str) -> Self {
        Self {
            project_root: project_root.to_owned(),
            relative: relative.to_owned(),
            path: project_root.join(relative),
        }
    }

    pub fn project_root(&self) -> &Path {
        &self.project_root
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns where a migration is, whether or not it exists.
    pub fn migration(&self, slug: &Slug) -> PathBuf {
        self.path.join(slug.as_str())
    }

    /// Returns where a migration's stage references point.
    pub fn home(&self, slug: &Slug) -> Home {
        Home::new(&self.relative, slug.as_str())
    }

    /// Returns where publishes leave their traces.
    pub fn transactions(&self) -> PathBuf {
        self.path.join(TRANSACTIONS_DIR)
    }

    /// Returns another migration whose name differs from this one in upper and
    /// lower case alone.
    pub fn alike(&self, disk: &dyn DiskRead, slug: &Slug) -> DiskResult<Option<Slug>> {
        let slugs = self.contents(disk)?.slugs;
        Ok(slugs.into_iter().find(|it| it != slug && it.is_alike(slug)))
    }

    /// Lists what the directory holds. One that is missing holds nothing.
    pub fn contents(&self, disk: &dyn DiskRead) -> DiskResult<Listed> {
        let entries = match disk.list(&self.path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let mut contents = Listed::default();
        for entry in entries {
            match entry.name.into_string() {
                Ok(name) if name == TRANSACTIONS_DIR => contents.transactions = Some(entry.kind),
                Ok(name) if entry.kind == Kind::Dir => contents.slugs.extend(name.parse::<Slug>()),
                Ok(_) => {}
                Err(name) if entry.kind == Kind::Dir => contents.unnameable.push(name),
                Err(_) => {}
            }
        }
        Ok(contents)
    }
}

/// What a migrations directory holds, in name order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The migrations: directories, no links, with a visible name.
    pub slugs: Vec<Slug>,
    /// Directories whose names are not UTF-8.
    pub unnameable: Vec<OsString>,
    /// What stands at the name of the transactions directory.
    pub transactions: Option<Kind>,
}

/// Loads the manifest of the migration in `dir`.
pub fn load_manifest(disk: &dyn DiskRead, dir: &Path) -> Result<Manifest, LoadError<DecodeError>> {
    load(disk, dir.join(MANIFEST_FILE), Manifest::decode)
}
