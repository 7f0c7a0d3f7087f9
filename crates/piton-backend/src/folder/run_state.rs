//! The file that says what happened last to a plan on this machine.

use std::path::Path;

use jiff::Timestamp;
use piton_durable::{Disk, Kind, write_atomic, write_atomic_from};
use serde_json::Value as Json;
use thiserror::Error;

use crate::header::Stamp;
use piton_base::ascii_json;

/// Its name within a work folder.
pub const STATE_FILE: &str = "local-run-state.json";

piton_base::words! {
    /// What happened.
    pub enum Event: "an event" {
        Started = "started",
        Ended = "ended",
    }
}

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunState {
    pub event: Event,
    pub at: Timestamp,
    pub session: Option<String>,
    pub user: String,
}

/// Why the file was not written.
#[derive(Debug, Error)]
pub enum StateError {
    #[error("the folder {0} does not exist")]
    NoFolder(String),
    #[error("{0} is a link, and links are not followed")]
    Link(String),
    #[error(transparent)]
    Write(#[from] piton_durable::WriteError),
    #[error(transparent)]
    Disk(#[from] piton_durable::DiskError),
}

impl RunState {
    /// Writes the text of the file.
    pub fn render(&self) -> String {
        let quoted = |text: &str| Json::from(text).to_string();
        ascii_json(&format!(
            "{{\n  \"last_event\": \"{}\",\n  \"timestamp\": \"{}\",\n  \"session_id\": {},\n  \"user\": {}\n}}",
            self.event.as_str(),
            Stamp::write(self.at),
            self.session
                .as_deref()
                .map_or_else(|| "null".to_owned(), quoted),
            quoted(&self.user),
        ))
    }
}

/// Writes the file into a folder that is there, whole or not at all. What is
/// unfinished stands in `scratch`, where that can be written.
pub fn write_state(
    disk: &dyn Disk,
    scratch: &Path,
    folder: &Path,
    state: &RunState,
) -> Result<(), StateError> {
    let shown = |path: &Path| path.display().to_string();
    match disk.stat(folder)?.map(|stat| stat.kind) {
        Some(Kind::Dir) => {}
        Some(Kind::Symlink) => return Err(StateError::Link(shown(folder))),
        Some(Kind::File | Kind::Other) | None => return Err(StateError::NoFolder(shown(folder))),
    }
    let path = folder.join(STATE_FILE);
    if disk
        .stat(&path)?
        .is_some_and(|stat| stat.kind == Kind::Symlink)
    {
        return Err(StateError::Link(shown(&path)));
    }
    let text = state.render();
    let bytes = text.as_bytes();
    Ok(write_atomic_from(disk, scratch, &path, bytes, 0o644)
        .or_else(|_| write_atomic(disk, &path, bytes, 0o644))?)
}
