//! What a git that failed has said.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::GitError;

/// Turns a failed call into the error that its words tell.
pub(crate) fn failure(command: String, dir: &Path, output: &Output) -> GitError {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    if let Some(lock) = lock_named_in(&stderr) {
        GitError::Locked { lock }
    } else if stderr.contains("cannot lock ref") && stderr.contains("but expected") {
        GitError::Moved { what: stderr }
    } else if stderr.contains("Please tell me who you are")
        || stderr.contains("empty ident name")
        || stderr.contains("unable to auto-detect email")
    {
        GitError::NoIdentity
    } else if stderr.contains("not a git repository") {
        GitError::NotARepository {
            dir: dir.to_owned(),
        }
    } else if stderr.contains("must be run in a work tree") {
        GitError::Bare {
            dir: dir.to_owned(),
        }
    } else {
        GitError::Failed { command, stderr }
    }
}

/// `fatal: Unable to create '/x/.git/index.lock': File exists.`
fn lock_named_in(stderr: &str) -> Option<PathBuf> {
    let (_, rest) = stderr.split_once("Unable to create '")?;
    let (path, rest) = rest.split_once('\'')?;
    (Path::new(path).extension().is_some_and(|ext| ext == "lock") && rest.contains("File exists"))
        .then(|| PathBuf::from(path))
}
