//! The files of a repository, looked at.

use std::path::Path;

use piton_durable::DiskRead;

use crate::files::look::{Found, look};
use crate::files::operation::{FileOp, Was};
use crate::given::Given;
use crate::output::OutputMap;
use crate::world::{Failure, Observation, Observe};

/// The files below one root, to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct FileWorld<'a> {
    pub disk: &'a dyn DiskRead,
    pub root: &'a Path,
}

impl Observe<FileOp> for FileWorld<'_> {
    fn observe(&self, operation: &FileOp, given: &Given<'_>) -> Result<Observation, Failure> {
        let look = |path| look(self.disk, self.root, path);
        match operation {
            FileOp::Put {
                path, content, was, ..
            } => {
                let found = look(path)?;
                let wanted = content.bytes(given)?;
                let there = matches!(&found, Found::File { bytes, .. } if *bytes == wanted);
                Ok(stands(there, *was, &found))
            }
            FileOp::Move { from, to, was, .. } => {
                let (source, dest) = (look(from)?, look(to)?);
                let moved = source == Found::Absent && dest.was() == Some(Was::File(*was));
                if moved || dest == Found::Absent {
                    Ok(stands(moved, Was::File(*was), &source))
                } else {
                    Ok(stands(false, Was::Absent, &dest))
                }
            }
            FileOp::Delete { path, was, .. } => {
                let found = look(path)?;
                Ok(stands(found == Found::Absent, Was::File(*was), &found))
            }
            FileOp::Keep { path, was, .. } => {
                let found = look(path)?;
                let same = found.was() == Some(Was::File(*was));
                Ok(stands(same, Was::File(*was), &found))
            }
        }
    }
}

fn stands(already: bool, was: Was, found: &Found) -> Observation {
    if already {
        Observation::Already {
            outputs: OutputMap::new(),
        }
    } else if found.was() == Some(was) {
        Observation::Pending {
            found: found.told(),
        }
    } else {
        Observation::Changed {
            expected: was.to_string(),
            found: found.told(),
        }
    }
}
