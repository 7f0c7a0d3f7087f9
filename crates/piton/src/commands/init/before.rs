//! What the repository's own settings say before it is set up.

use std::path::Path;

use piton_base::RepoPath;
use piton_durable::DiskRead;

use crate::config::{Key, Layer};
use crate::context::CONFIG_FILE;
use crate::error::CommandError;
use crate::operation::files::read;

#[derive(Debug)]
pub(super) struct Before {
    /// The file as it is, if there is one.
    pub(super) text: Option<Vec<u8>>,
    layer: Layer,
}

impl Before {
    pub(super) fn read(disk: &dyn DiskRead, top: &Path) -> Result<Self, CommandError> {
        let file = top.join(CONFIG_FILE);
        let text = read(disk, &file)?;
        let layer = Layer::parse(&file, text.as_deref().unwrap_or_default()).map_err(|error| {
            CommandError::usage(format!("could not use {error}")).with_source(error.problem)
        })?;
        Ok(Self { text, layer })
    }

    /// Returns a setting as it is written.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let key = Key::find(name).ok()?;
        let (value, _) = self.layer.values.get(&key)?;
        Some(value.written.clone())
    }

    pub(super) fn path(&self, name: &str) -> Option<RepoPath> {
        self.get(name)?.trim_end_matches('/').parse().ok()
    }
}
