//! Where the taste comes from: the project, the user, or the program.

use std::path::{Path, PathBuf};

use piton_durable::{DiskError, DiskRead};

use super::{DEFAULT_TASTE, TasteVersion};

/// Where taste files may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TastePaths {
    pub project: PathBuf,
    pub global: Option<PathBuf>,
}

/// Which of them spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TasteSource {
    Project(PathBuf),
    Global(PathBuf),
    BuiltIn,
}

/// The taste that prompts carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taste {
    pub source: TasteSource,
    pub text: String,
}

/// The taste file is there and cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TasteError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("the taste file {} is not UTF-8 text", path.display())]
    NotText { path: PathBuf },
}

impl Taste {
    /// Loads the first file there is; the built-in text where there is none.
    pub fn load(disk: &dyn DiskRead, paths: &TastePaths) -> Result<Self, TasteError> {
        if let Some(text) = read(disk, &paths.project)? {
            return Ok(Self {
                source: TasteSource::Project(paths.project.clone()),
                text,
            });
        }
        if let Some(path) = &paths.global
            && let Some(text) = read(disk, path)?
        {
            return Ok(Self {
                source: TasteSource::Global(path.clone()),
                text,
            });
        }
        Ok(Self {
            source: TasteSource::BuiltIn,
            text: DEFAULT_TASTE.to_owned(),
        })
    }

    pub fn version(&self) -> TasteVersion {
        TasteVersion::of(&self.text)
    }
}

pub(super) fn read(disk: &dyn DiskRead, path: &Path) -> Result<Option<String>, TasteError> {
    if disk.stat(path)?.is_none() {
        return Ok(None);
    }
    let bytes = disk.read(path)?;
    String::from_utf8(bytes)
        .map(Some)
        .map_err(|_| TasteError::NotText {
            path: path.to_owned(),
        })
}
