//! Whether a commit can land, without touching anything.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use piton_durable::{DiskError, DiskRead as _, RealDisk};

use super::change::{PathChange, TreeEntry};
use super::error::{InTheWay, LandError, Obstacle, Refusal};
use super::onto::Onto;
use super::plain::Plain;
use crate::program::GitCommand;
use crate::{CommitId, GitError, GitRead, Repository, UnderWay, status};

/// A file that names a branch is no longer than this.
const MAX_NAME: u64 = 64 << 10;
/// More paths than this are not named one by one on a command line.
const NAMED: usize = 500;

/// What shows that something is under way in a working tree.
const UNDER_WAY: [(&str, &str); 7] = [
    ("MERGE_HEAD", "a merge"),
    ("CHERRY_PICK_HEAD", "a cherry-pick"),
    ("REVERT_HEAD", "a revert"),
    ("rebase-merge", "a rebase"),
    ("rebase-apply", "a rebase"),
    ("sequencer", "a cherry-pick or a revert"),
    ("BISECT_START", "a bisection"),
];

/// One file as it was seen, told from any other and from itself changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) inode: u64,
    pub(super) modified: (i64, i64),
    pub(super) size: u64,
}

impl Seen {
    /// Returns what stands at a path; `None` where nothing does.
    pub(super) fn at(path: &Path) -> Result<Option<(Self, fs::FileType)>, LandError> {
        match fs::symlink_metadata(path) {
            Ok(meta) => Ok(Some((
                Self {
                    inode: meta.ino(),
                    modified: (meta.mtime(), meta.mtime_nsec()),
                    size: meta.size(),
                },
                meta.file_type(),
            ))),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(LandError::io("look at", path)(error)),
        }
    }
}

/// Refuses to land while the user is in the middle of something.
pub(super) fn under_way(git_dir: &Path) -> Result<(), LandError> {
    match begun(git_dir)? {
        Some(of) => Err(LandError::Refused(Refusal::InTheMiddle { of })),
        None => Ok(()),
    }
}

fn begun(git_dir: &Path) -> Result<Option<&'static str>, DiskError> {
    for (name, of) in UNDER_WAY {
        if RealDisk.stat(&git_dir.join(name))?.is_some() {
            return Ok(Some(of));
        }
    }
    Ok(None)
}

/// Says whether the branch is checked out in this working tree.
pub(super) fn is_here(repository: &Repository, onto: &Onto) -> Result<bool, GitError> {
    let tip = repository.tip()?;
    Ok(match onto {
        Onto::Branch(name) => tip.branch() == Some(name),
        Onto::Detached => tip.reference.is_none(),
    })
}

/// Refuses what cannot be moved while something else is checked out: HEAD, which
/// would leave the user's branch for it.
pub(super) fn is_branch(repository: &Repository, onto: &Onto) -> Result<(), LandError> {
    match onto {
        Onto::Branch(_) => Ok(()),
        Onto::Detached => {
            let tip = repository.tip()?;
            let branch = tip.branch().unwrap_or("something else").to_owned();
            Err(LandError::Refused(Refusal::OnBranch { branch }))
        }
    }
}

/// Returns what the user has begun here that keeps commits off this place: they
/// are on it, or on no branch because they rebase it.
pub fn under_way_on(repository: &Repository, onto: &Onto) -> Result<Option<UnderWay>, GitError> {
    let Some(begun) = repository.under_way()? else {
        return Ok(None);
    };
    let keeps_off = is_here(repository, onto)? || is_taken_along(repository.git_dir(), onto);
    Ok(keeps_off.then_some(begun))
}

/// Whether a rebase or a bisection that goes on in a working tree will put this
/// branch somewhere else when it ends, or is given up. What cannot be read may
/// say so.
fn is_taken_along(git_dir: &Path, onto: &Onto) -> bool {
    let reference = onto.reference();
    let names = ["rebase-merge/head-name", "rebase-apply/head-name"];
    let says = |name: &str, wanted: &str| match RealDisk.read_at_most(&git_dir.join(name), MAX_NAME)
    {
        Ok(text) => text.trim_ascii_end() == wanted.as_bytes(),
        Err(error) => {
            use io::ErrorKind::{NotADirectory, NotFound};
            !matches!(error.kind(), NotFound | NotADirectory)
        }
    };
    names.iter().any(|name| says(name, &reference))
        || matches!(onto, Onto::Branch(name) if says("BISECT_START", name))
}

/// Refuses to move a branch that is being rebased here or in another working
/// tree: its commit would be gone when that is given up.
pub(super) fn not_taken_along(repository: &Repository, onto: &Onto) -> Result<(), LandError> {
    let worktrees = repository.common_dir().join("worktrees");
    let others = RealDisk.list_if_there(&worktrees)?.into_iter();
    let all = [repository.git_dir(), repository.common_dir()].map(Path::to_owned);
    let mut all = all
        .into_iter()
        .chain(others.map(|entry| worktrees.join(entry.name)));
    match all.find(|git_dir| is_taken_along(git_dir, onto)) {
        Some(git_dir) => {
            let of = begun(&git_dir)?.unwrap_or("a rebase");
            Err(LandError::Refused(Refusal::InTheMiddle { of }))
        }
        None => Ok(()),
    }
}

/// Refuses to move a branch that another working tree shows.
pub(super) fn not_elsewhere(repository: &Repository, onto: &Onto) -> Result<(), LandError> {
    let reference = onto.reference();
    let stdout = GitCommand::reading(repository.top())
        .args(["worktree", "list", "--porcelain", "-z"])
        .run()?;
    let mut worktree = PathBuf::new();
    for line in stdout.split(|&byte| byte == 0) {
        let text = String::from_utf8_lossy(line);
        if let Some(path) = text.strip_prefix("worktree ") {
            worktree = PathBuf::from(path);
        } else if text.strip_prefix("branch ") == Some(reference.as_str())
            && worktree != repository.top()
        {
            return Err(LandError::Refused(Refusal::CheckedOut { worktree }));
        }
    }
    Ok(())
}

/// Looks at what can be seen without git, before anything of git's is taken.
pub(super) fn at_a_glance(
    repository: &Repository,
    base: &CommitId,
    changes: &[PathChange],
) -> Result<(), LandError> {
    // What stands at a path says something only beside the base: on another
    // commit it may be what that commit put there.
    is_base(repository.head()?, base)?;
    let (_, in_the_way) = stand_at(repository.top(), changes)?;
    if in_the_way.is_empty() {
        Ok(())
    } else {
        Err(LandError::Refused(Refusal::InTheWay(in_the_way)))
    }
}

fn is_base(head: Option<CommitId>, base: &CommitId) -> Result<(), LandError> {
    match head {
        Some(tip) if tip == *base => Ok(()),
        Some(tip) => Err(LandError::Refused(Refusal::Moved { tip })),
        None => Err(LandError::Refused(Refusal::Gone)),
    }
}

/// Looks at every path that is to be changed. Returns what stands at each, in
/// the order of the changes, where nothing is in the way.
pub(super) fn paths(
    repository: &Repository,
    base: &CommitId,
    changes: &[PathChange],
    plain: Option<&Plain>,
) -> Result<Vec<Option<Seen>>, LandError> {
    // What stands there is taken down before git is asked whether it is as
    // committed, so that a later change of it shows.
    let (seen, mut in_the_way) = stand_at(repository.top(), changes)?;
    if in_the_way.is_empty() {
        in_the_way = match plain {
            Some(plain) => {
                is_base(repository.head()?, base)?;
                plain.in_the_way(repository, changes)?
            }
            None => as_git_sees_them(repository, base, changes)?,
        };
    } else {
        is_base(repository.head()?, base)?;
    }
    if in_the_way.is_empty() {
        Ok(seen)
    } else {
        in_the_way.dedup_by(|a, b| a.path == b.path);
        Err(LandError::Refused(Refusal::InTheWay(in_the_way)))
    }
}

fn stand_at(
    top: &Path,
    changes: &[PathChange],
) -> Result<(Vec<Option<Seen>>, Vec<InTheWay>), LandError> {
    let removed: HashSet<&Path> = changes
        .iter()
        .filter(|change| change.to.is_none())
        .map(|change| change.path.as_path())
        .collect();
    let mut seen = Vec::with_capacity(changes.len());
    let mut in_the_way = Vec::new();
    let mut good_parents: HashSet<PathBuf> = HashSet::new();
    for change in changes {
        let obstacle = if blocked_parent(top, change, &removed, &mut good_parents)? {
            Err(Obstacle::NotADirectory)
        } else {
            stands(top, change, &removed)?
        };
        match obstacle {
            Ok(at) => seen.push(at),
            Err(obstacle) => in_the_way.push(InTheWay {
                path: change.path.clone(),
                obstacle,
            }),
        }
    }
    Ok((seen, in_the_way))
}

/// Whether something that is no directory stands above a path. A link there
/// would lead somewhere else.
fn blocked_parent(
    top: &Path,
    change: &PathChange,
    removed: &HashSet<&Path>,
    good: &mut HashSet<PathBuf>,
) -> Result<bool, LandError> {
    for parent in change.path.ancestors().skip(1) {
        if parent.as_os_str().is_empty() || good.contains(parent) {
            break;
        }
        match Seen::at(&top.join(parent))? {
            Some((_, kind)) if kind.is_dir() => {}
            // A file that this very commit turns into a directory.
            Some(_) if removed.contains(parent) => {}
            Some(_) => return Ok(true),
            None => continue,
        }
        good.insert(parent.to_owned());
    }
    Ok(false)
}

fn stands(
    top: &Path,
    change: &PathChange,
    removed: &HashSet<&Path>,
) -> Result<Result<Option<Seen>, Obstacle>, LandError> {
    let entries = [&change.from, &change.to];
    if entries.into_iter().flatten().any(TreeEntry::is_submodule) {
        return Ok(Err(Obstacle::Submodule));
    }
    let path = top.join(&change.path);
    Ok(match (Seen::at(&path)?, &change.from) {
        (Some((_, kind)), Some(_)) if kind.is_dir() => Err(Obstacle::Changed),
        (Some((seen, _)), Some(_)) => Ok(Some(seen)),
        (None, Some(_)) => Err(Obstacle::Deleted),
        (None, None) => Ok(None),
        (Some((_, kind)), None) if kind.is_dir() && goes(&path, &change.path, removed)? => Ok(None),
        (Some(_), None) => Err(Obstacle::Untracked),
    })
}

/// Whether all that a directory holds is removed by the commit itself.
fn goes(dir: &Path, relative: &Path, removed: &HashSet<&Path>) -> Result<bool, LandError> {
    for entry in fs::read_dir(dir).map_err(LandError::io("look into", dir))? {
        let entry = entry.map_err(LandError::io("look into", dir))?;
        let below = relative.join(entry.file_name());
        let kind = entry.file_type().map_err(LandError::io("look at", dir))?;
        let gone = if kind.is_dir() {
            goes(&entry.path(), &below, removed)?
        } else {
            removed.contains(below.as_path())
        };
        if !gone {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Asks git which of the paths differ from the commit, in the index or in the
/// working tree, and which it was told not to look at.
fn as_git_sees_them(
    repository: &Repository,
    base: &CommitId,
    changes: &[PathChange],
) -> Result<Vec<InTheWay>, LandError> {
    let all: HashSet<&Path> = changes.iter().map(|it| it.path.as_path()).collect();
    let named: Vec<&Path> = if changes.len() <= NAMED {
        changes.iter().map(|it| it.path.as_path()).collect()
    } else {
        Vec::new()
    };
    let (head, entries) = status::tracked(repository.top(), &named)?;
    is_base(head, base)?;
    let mut in_the_way: Vec<InTheWay> = entries
        .into_iter()
        .filter(|entry| all.contains(entry.path.as_path()))
        .map(|entry| InTheWay {
            path: entry.path,
            obstacle: Obstacle::Changed,
        })
        .collect();
    in_the_way.extend(
        hidden(repository, &named)?
            .into_iter()
            .filter(|path| all.contains(path.as_path()))
            .map(|path| InTheWay {
                path,
                obstacle: Obstacle::Hidden,
            }),
    );
    in_the_way.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(in_the_way)
}

/// Returns paths that git is told to take for unchanged: sparse checkouts,
/// `--assume-unchanged`.
fn hidden(repository: &Repository, named: &[&Path]) -> Result<Vec<PathBuf>, GitError> {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    let stdout = GitCommand::reading(repository.top())
        .args(["ls-files", "-v", "-z"])
        .paths(named)
        .run()?;
    Ok(stdout
        .split(|&byte| byte == 0)
        .filter(|line| {
            line.first()
                .is_some_and(|tag| *tag == b'S' || tag.is_ascii_lowercase())
        })
        .filter_map(|line| line.get(2..))
        .map(|path| PathBuf::from(OsString::from_vec(path.to_vec())))
        .collect())
}
