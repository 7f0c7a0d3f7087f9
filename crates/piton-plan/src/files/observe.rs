//! The files of a repository, looked at.

use std::path::Path;

use piton_durable::DiskRead;

use crate::failure::{Failure, FailureKind};
use crate::files::look::{Found, look};
use crate::files::operation::{FileOp, Was};
use crate::given::Given;
use crate::world::{Moment, Observation, Observe};

/// The files of the repository, if there is one here, and those outside.
#[derive(Clone, Copy, Debug)]
pub struct FileWorld<'a> {
    pub disk: &'a dyn DiskRead,
    /// The top of the repository.
    pub root: Option<&'a Path>,
}

impl Observe<FileOp> for FileWorld<'_> {
    fn observe(
        &self,
        operation: &FileOp,
        given: &Given<'_>,
        _: Moment,
    ) -> Result<Observation<()>, Failure> {
        let (root, operation) = match operation {
            FileOp::Outside(outside) => (outside.root(), outside.file()),
            here => (self.root.ok_or_else(no_repository)?, here),
        };
        let look = |path| look(self.disk, root, path);
        match operation {
            FileOp::Put {
                path,
                content,
                was,
                beside,
                ..
            } => {
                let found = look(path)?;
                let wanted = content.bytes(given)?;
                let is =
                    |found: &Found| matches!(found, Found::File { bytes, .. } if *bytes == wanted);
                let mut there = is(&found);
                // Both are wanted: the file as it was, and the new one beside it.
                if let (Some(beside), false) = (beside, there) {
                    there = found.was() == Some(*was) && is(&look(beside)?);
                }
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
            FileOp::Outside(_) => Err(Failure::internal("a file outside of the outside")),
        }
    }
}

fn stands(already: bool, was: Was, found: &Found) -> Observation<()> {
    if already {
        Observation::already()
    } else if found.was() == Some(was) {
        Observation::pending(found.told(), ())
    } else {
        Observation::changed(was.to_string(), found.told())
    }
}

/// What a plan about a repository comes to where there is none.
pub fn no_repository() -> Failure {
    let message = "the plan is about a repository, and there is none here";
    Failure::new(FailureKind::NotFound, message).hint("name the repository with -C")
}
