//! From what a person typed to a migration.

use std::io;
use std::path::{Component, Path, PathBuf};

use piton_durable::{DiskRead, Followed, Kind, follow};
use thiserror::Error;

use crate::live::LiveDir;
use crate::slug::{Slug, SlugError};

/// Why what was typed is no migration. Everything that would leave the
/// migrations directory is refused.
#[derive(Debug, Error)]
pub enum ResolveError {
    #[error("no migration was named")]
    Empty,
    #[error("`{}` does not exist in {}", .value.escape_debug(), .live.display())]
    Unknown { value: String, live: PathBuf },
    #[error("`{}` contains `..`", .value.escape_debug())]
    Parent { value: String },
    #[error("`{}` is a link", .value.escape_debug())]
    Link { value: String },
    #[error("`{}` is not a directory directly below {}", .value.escape_debug(), .live.display())]
    Outside { value: String, live: PathBuf },
    #[error("`{}` is not a directory", .value.escape_debug())]
    NotADirectory { value: String },
    #[error("`{}` is not a migration", .value.escape_debug())]
    Name {
        value: String,
        #[source]
        source: SlugError,
    },
    #[error("`{}` is not UTF-8", .value.escape_debug())]
    NotUtf8 { value: String },
    #[error("`{}` could not be looked up", .value.escape_debug())]
    Io {
        value: String,
        #[source]
        source: io::Error,
    },
}

impl ResolveError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Empty => Some("name one by its slug or its path"),
            Self::Parent { .. } => Some("give the slug, or the path without `..`"),
            Self::Link { .. } => Some("give the slug of the migration itself"),
            Self::NotUtf8 { .. } => Some("rename it"),
            Self::Unknown { .. }
            | Self::Outside { .. }
            | Self::NotADirectory { .. }
            | Self::Name { .. } => Some("`piton migration list` shows what there is"),
            Self::Io { .. } => None,
        }
    }
}

/// Finds the migration that a slug or a path means. An exact slug wins over a
/// path of the same spelling.
pub fn resolve(disk: &dyn DiskRead, live: &LiveDir, value: &Path) -> Result<Slug, ResolveError> {
    let Some(text) = value.to_str() else {
        return Err(ResolveError::NotUtf8 {
            value: value.display().to_string(),
        });
    };
    if text.is_empty() {
        return Err(ResolveError::Empty);
    }
    let look_up = Lookup {
        disk,
        live,
        value: text,
    };
    if let Some(slug) = look_up.as_slug()? {
        return Ok(slug);
    }
    look_up.as_path()
}

struct Lookup<'a> {
    disk: &'a dyn DiskRead,
    live: &'a LiveDir,
    value: &'a str,
}

impl Lookup<'_> {
    fn as_slug(&self) -> Result<Option<Slug>, ResolveError> {
        let Ok(slug) = self.value.parse::<Slug>() else {
            return Ok(None);
        };
        let there = self.kind(&self.live.migration(&slug))?;
        Ok((there == Some(Kind::Dir)).then_some(slug))
    }

    fn as_path(&self) -> Result<Slug, ResolveError> {
        let given = Path::new(self.value);
        if self.value.contains('\0') {
            return Err(self.unknown());
        }
        // A path relative to anything is relative to the project root.
        let path = self.live.project_root().join(given);
        let kind = self.kind(&path)?;
        let single_name = given.components().count() == 1 && !given.is_absolute();
        if single_name && !self.value.starts_with('.') && kind.is_none() {
            let slug = self.value.parse().map_err(|source| self.name(source))?;
            // A name that could be a slug, and of which there is only a link or
            // a file in the migrations directory.
            self.directory(self.kind(&self.live.migration(&slug))?)?;
            return Err(self.unknown());
        }
        if given
            .components()
            .any(|part| matches!(part, Component::ParentDir))
        {
            return Err(ResolveError::Parent {
                value: self.value(),
            });
        }
        self.directory(kind)?;
        let root = self.real(self.live.path())?;
        let end = self.real(&path)?;
        let below = end
            .path
            .strip_prefix(&root.path)
            .ok()
            .filter(|below| below.components().count() == 1);
        let Some(name) = below.and_then(Path::to_str) else {
            return Err(ResolveError::Outside {
                value: self.value(),
                live: self.live.path().to_owned(),
            });
        };
        name.parse().map_err(|source| self.name(source))
    }

    /// Refuses what is no directory.
    fn directory(&self, kind: Option<Kind>) -> Result<(), ResolveError> {
        let value = self.value();
        match kind {
            None => Err(self.unknown()),
            Some(Kind::Symlink) => Err(ResolveError::Link { value }),
            Some(Kind::File | Kind::Other) => Err(ResolveError::NotADirectory { value }),
            Some(Kind::Dir) => Ok(()),
        }
    }

    fn unknown(&self) -> ResolveError {
        ResolveError::Unknown {
            value: self.value(),
            live: self.live.path().to_owned(),
        }
    }

    fn kind(&self, path: &Path) -> Result<Option<Kind>, ResolveError> {
        match self.disk.stat(path) {
            Ok(stat) => Ok(stat.map(|stat| stat.kind)),
            // The disk allows no such name, so nothing has it.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidFilename | io::ErrorKind::InvalidInput
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(self.io(error.into())),
        }
    }

    fn real(&self, path: &Path) -> Result<Followed, ResolveError> {
        follow(self.disk, path).map_err(|source| self.io(source))
    }

    fn io(&self, source: io::Error) -> ResolveError {
        let value = self.value();
        ResolveError::Io { value, source }
    }

    fn name(&self, source: SlugError) -> ResolveError {
        let value = self.value();
        ResolveError::Name { value, source }
    }

    fn value(&self) -> String {
        self.value.to_owned()
    }
}
