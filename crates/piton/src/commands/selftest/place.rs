//! Where a self-test works: a directory of its own, which goes away.

use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead, Kind, tree};

use crate::context::{Context, token};
use crate::error::CommandError;
use crate::output::{Channel, Level};

/// Makes a directory that nothing else is in.
pub(super) fn make(context: &Context, parent: Option<&Path>) -> Result<PathBuf, CommandError> {
    let parent = match parent {
        Some(parent) => context.directory.join(parent),
        None => context.environment.temporary(),
    };
    let wrong = match context.disk.stat(&parent)? {
        Some(stat) if stat.kind == Kind::Dir => None,
        Some(_) => Some("it is not a directory"),
        None => Some("there is no such directory"),
    };
    if let Some(wrong) = wrong {
        return Err(
            CommandError::usage(format!("could not work in {}", parent.display()))
                .with_source(wrong.to_owned())
                .hint("name a directory on the disk to be tried, with --dir"),
        );
    }
    // Paths are compared with those that the kernel tells.
    let parent = parent
        .canonicalize()
        .map_err(|error| failed(&parent, error))?;
    let directory = parent.join(format!("piton-selftest-{}", token()));
    context.disk.create_dir(&directory)?;
    Ok(directory)
}

pub(super) fn remove(context: &Context, directory: &Path) -> Result<(), CommandError> {
    tree::remove(&context.disk, directory).map_err(|error| failed(directory, error))
}

pub(super) fn tell(context: &Context, directory: &Path) {
    let text = format!("the scratch directory is {}", directory.display());
    context.out.note(Channel::General, Level::INFO, &text);
}

fn failed(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::failed(format!("could not work in {}", path.display())).with_source(error)
}
