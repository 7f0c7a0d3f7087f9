//! The tree of a commit, made with an index that nobody else sees.

use std::path::Path;

use piton_base::Digest;
use piton_durable::transaction::{AroundHooks, HookMoment};
use piton_durable::tree::{self, NodeKind};
use piton_durable::{DiskRead, RealDisk};

use super::hooks::Ran;
use crate::committed::recorded;
use crate::hooks::Hooks;
use crate::landing::entries::{self, Entry};
use crate::program::GitCommand;
use crate::undertaking::Undertaking;
use crate::{GitError, Repository, Tip};

/// How many bytes the two kinds of ids have.
const SHA_1: usize = 20;
const SHA_256: usize = 32;

/// Returns the tree that is `base` with what stands at `paths`, once the hooks
/// agree; `None` when that is no other than `base` has.
pub(super) fn of(
    repository: &Repository,
    under: &Undertaking,
    index: &Path,
    base: &Tip,
    paths: &[&Path],
    hooks: &Hooks,
    around: AroundHooks<'_>,
) -> Result<Option<String>, GitError> {
    let top = repository.top();
    start(top, under, index, base)?;
    if !add(top, under, index, paths)? {
        whole(top, under, index, paths)?;
        return Ok(None);
    }
    let tree = write(top, under, index)?;
    if !hooks.may_change_files() {
        whole(top, under, index, paths)?;
        return Ok(Some(tree));
    }
    around(HookMoment::Before)?;
    let before = print(index);
    if let Ran::Refused(output) = hooks.before(repository, under, index)? {
        // One that repairs what it finds says no the first time, and is
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
    let same_index = before.is_some() && before == print(index);
    if !same_index {
        start(top, under, index, base)?;
    }
    let changed = add(top, under, index, paths)?;
    whole(top, under, index, paths)?;
    let tree = match (same_index, changed) {
        (true, false) => Some(tree),
        (_, true) => Some(write(top, under, index)?),
        (false, false) => None,
    };
    around(HookMoment::After)?;
    Ok(tree)
}

/// Tells one state of an index from another; `None` when it cannot be read.
fn print(index: &Path) -> Option<Digest> {
    RealDisk.read(index).ok().map(|bytes| Digest::of(&bytes))
}

/// Makes the index that of the commit that is built on.
fn start(top: &Path, under: &Undertaking, index: &Path, base: &Tip) -> Result<(), GitError> {
    let read = GitCommand::building(top, index).arg("read-tree");
    let read = match &base.commit {
        Some(commit) => read.arg(commit.as_str()),
        None => read.arg("--empty"),
    };
    under.command(read)?.run().map(drop)
}

/// Takes what stands at the paths into the index, ignored or not, and inside
/// of a sparse checkout or not. Tells whether the index had anything else
/// there: git names each entry that it changes.
fn add(top: &Path, under: &Undertaking, index: &Path, paths: &[&Path]) -> Result<bool, GitError> {
    let (mut there, mut gone) = (Vec::new(), Vec::new());
    for path in paths {
        // What cannot be looked at is not gone.
        match RealDisk.stat(&top.join(path))? {
            Some(_) => there.push(*path),
            None => gone.push(*path),
        }
    }
    let mut changed = false;
    // In a sparse checkout `git add` finds nothing at a path that is gone.
    let forget = ["rm", "-r", "--cached", "--force", "--sparse"];
    let forget =
        GitCommand::building(top, index).args([&forget[..], &["--ignore-unmatch"]].concat());
    let add = ["add", "--all", "--force", "--sparse", "--verbose"];
    let add = GitCommand::building(top, index).args(add);
    for (command, paths) in [(forget, gone), (add, there)] {
        if !paths.is_empty() {
            changed |= !under
                .command(command.paths(&paths))?
                .run_seeing_all()?
                .is_empty();
        }
    }
    Ok(changed)
}

/// Refuses an index that does not hold all that stands at the paths: git passes
/// over a file that it could not look at, and says nothing.
fn whole(top: &Path, under: &Undertaking, index: &Path, paths: &[&Path]) -> Result<(), GitError> {
    if is_noted(top, index, paths).unwrap_or(false) {
        return Ok(());
    }
    let differ = ["ls-files", "-z", "--modified", "--deleted", "--others"];
    let differ = GitCommand::building(top, index).args(differ).paths(paths);
    let found = under.command(differ)?.run()?;
    match found.split(|&byte| byte == 0).find(|path| !path.is_empty()) {
        None => Ok(()),
        Some(path) => Err(GitError::LeftOut {
            path: String::from_utf8_lossy(path).into_owned().into(),
        }),
    }
}

/// Whether the index has all files at the paths and no other there, each as git
/// noted it when it took it; `None` where only git can tell.
fn is_noted(top: &Path, index: &Path, paths: &[&Path]) -> Option<bool> {
    let bytes = RealDisk.read(index).ok()?;
    let is_wanted = |path: &Path| paths.iter().any(|one| path.starts_with(one));
    let read = |id| entries::read(&bytes, id, is_wanted);
    let noted = read(SHA_1).or_else(|| read(SHA_256))?.at;
    let mut files = 0;
    for path in paths {
        let Some(tree) = tree::walk(&RealDisk, &top.join(path)).ok()? else {
            continue;
        };
        for node in tree.nodes.iter().filter(|node| node.kind == NodeKind::File) {
            let file = path.join(&node.path);
            let meta = top.join(&file).symlink_metadata().ok()?;
            let is_same = |entry: &Entry| {
                !entry.is_odd && !entry.is_hidden && entry.recorded == recorded(&meta)
            };
            if !noted.get(&file).is_some_and(is_same) {
                return Some(false);
            }
            files += 1;
        }
    }
    Some(files == noted.len())
}

fn write(top: &Path, under: &Undertaking, index: &Path) -> Result<String, GitError> {
    under
        .command(GitCommand::building(top, index).arg("write-tree"))?
        .line()
}
