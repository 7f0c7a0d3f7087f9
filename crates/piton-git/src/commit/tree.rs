//! The tree of a commit, made with an index that nobody else sees.

use std::path::Path;

use super::Hooked;
use super::hooks::{Hooks, Ran};
use crate::program::GitCommand;
use crate::undertaking::Undertaking;
use crate::{GitError, GitRead, Repository, Tip};

/// Returns the tree that is `base` with what stands at `paths`, once the hooks
/// agree; `None` when that is no other than `base` has.
pub(super) fn of(
    repository: &Repository,
    under: &Undertaking,
    index: &Path,
    base: &Tip,
    paths: &[&Path],
    hooks: &Hooks,
    hooked: Hooked<'_>,
) -> Result<Option<String>, GitError> {
    let top = repository.top();
    start(top, under, index, base)?;
    let before = match &base.commit {
        Some(commit) => {
            let tree = format!("{commit}^{{tree}}");
            Some(
                GitCommand::reading(top)
                    .args(["rev-parse", "--verify", &tree])
                    .line()?,
            )
        }
        None => None,
    };
    add(top, under, index, paths)?;
    let mut tree = write(top, under, index)?;
    if before.as_ref() == Some(&tree) {
        return Ok(None);
    }
    if hooks.may_change_files() {
        if let Ran::Refused(output) = hooks.before(repository, under, index)? {
            // One that mends what it finds says no the first time, and is
            // content with what it made of it the second.
            add(top, under, index, paths)?;
            let mended = write(top, under, index)? != tree;
            match mended
                .then(|| hooks.before(repository, under, index))
                .transpose()?
            {
                Some(Ran::Agreed) => {}
                Some(Ran::Refused(output)) => return Err(GitError::CommitRefused { output }),
                None => return Err(GitError::CommitRefused { output }),
            }
        }
        // What is committed is what stands there now, whatever else was added.
        start(top, under, index, base)?;
        add(top, under, index, paths)?;
        tree = write(top, under, index)?;
        hooked().map_err(|output| GitError::CommitRefused { output })?;
    }
    Ok((before.as_ref() != Some(&tree)).then_some(tree))
}

/// Makes the index that of the commit that is built on.
fn start(top: &Path, under: &Undertaking, index: &Path, base: &Tip) -> Result<(), GitError> {
    let read = GitCommand::writing(top).index(index).arg("read-tree");
    let read = match &base.commit {
        Some(commit) => read.arg(commit.as_str()),
        None => read.arg("--empty"),
    };
    under.command(read)?.run().map(drop)
}

/// Takes what stands at the paths into the index, ignored or not.
fn add(top: &Path, under: &Undertaking, index: &Path, paths: &[&Path]) -> Result<(), GitError> {
    let paths = present(top, index, paths);
    if paths.is_empty() {
        return Ok(());
    }
    let add = GitCommand::writing(top)
        .index(index)
        .args(["add", "--all", "--force"])
        .paths(&paths);
    under.command(add)?.run().map(drop)
}

fn write(top: &Path, under: &Undertaking, index: &Path) -> Result<String, GitError> {
    under
        .command(GitCommand::writing(top).index(index).arg("write-tree"))?
        .line()
}

/// `git add` refuses a path that neither exists nor is tracked; one that is
/// gone from both needs no adding.
fn present<'a>(top: &Path, index: &Path, paths: &[&'a Path]) -> Vec<&'a Path> {
    let known = |path: &&&Path| {
        top.join(path).symlink_metadata().is_ok()
            || GitCommand::reading(top)
                .index(index)
                .args(["ls-files", "--error-unmatch"])
                .paths(&[path])
                .run()
                .is_ok()
    };
    paths.iter().filter(known).copied().collect()
}
