//! References in the files in which git keeps them.
//!
//! Looking at all of them costs a fraction of a git, and so does moving one of
//! piton's own. Only what git's plain store has is understood here; whatever
//! else is found is git's to answer.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_durable::lock::wait_for;
use piton_durable::{Disk, DiskRead, Kind, RealDisk, create_dirs};

use crate::{CommitId, GitError};

/// No loose reference is longer.
const LONGEST: u64 = 4096;
/// More than any list of packed references has.
const LONGEST_LIST: u64 = 1 << 30;
/// References that each worktree has for itself.
const OF_A_WORKTREE: [&str; 3] = ["refs/bisect/", "refs/worktree/", "refs/rewritten/"];
/// A git that moves references about holds a lock for a moment.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a directory that git has just found empty is made again.
const RACES: usize = 16;

/// What one reference says.
enum Said {
    Object(CommitId),
    /// The name of another.
    Another(String),
}

/// Returns every reference with the object it points at, sorted by name, or
/// `None` when git has to be asked.
pub(crate) fn all(git_dir: &Path, common: &Path) -> Option<Vec<(String, CommitId)>> {
    if !is_plain(common) {
        return None;
    }
    // A loose one goes before a packed one, and git writes the packed ones
    // before it removes the loose: so the loose are read first.
    let mut loose = BTreeMap::new();
    let linked = git_dir != common;
    read_below(common, "refs", &mut loose)?;
    if linked {
        loose.retain(|name, _| !is_of_a_worktree(name));
        let mut own = BTreeMap::new();
        read_below(git_dir, "refs", &mut own)?;
        loose.append(&mut own);
    }
    let mut all = packed(common)?;
    all.append(&mut loose);
    let target = |name: &str| {
        let mut said = all.get(name)?;
        for _ in 0..5 {
            match said {
                Said::Object(id) => return Some(id.clone()),
                Said::Another(name) => said = all.get(name)?,
            }
        }
        None
    };
    // Git ignores a symbolic reference that leads nowhere.
    Some(
        all.keys()
            .filter_map(|name| Some((name.clone(), target(name)?)))
            .collect(),
    )
}

/// Lets a reference of piton's own name a commit, under git's own lock on it.
/// It is whole, but after a power cut may be where it was before.
/// `None` when that is git's to do.
pub(crate) fn set(common: &Path, name: &str, commit: &CommitId) -> Option<Result<(), GitError>> {
    if !is_ours(common) {
        return None;
    }
    let path = common.join(name);
    Some(write(&path, commit, Others::AreAsOurs, || Ok(())))
}

/// The same, durably.
pub(crate) fn set_durably(
    common: &Path,
    name: &str,
    commit: &CommitId,
) -> Option<Result<(), GitError>> {
    let set = set(common, name, commit)?;
    Some(set.and_then(|()| sync_around(&common.join(name))))
}

/// Makes it durable where a reference is.
pub(super) fn sync_around(path: &Path) -> Result<(), GitError> {
    let dir = path.parent().unwrap_or(path);
    Ok(RealDisk.sync_dir(dir)?)
}

/// What a lock with a commit in it means that somebody else made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// Nobody writes there but this program, and that one is dead.
    AreAsOurs,
    /// A git that is at work; it is waited for.
    AreGits,
}

/// Lets the reference at `path` name a commit; `last` may refuse under the lock.
/// [`sync_around`] makes it last.
pub(super) fn write(
    path: &Path,
    commit: &CommitId,
    others: Others,
    last: impl FnOnce() -> Result<(), GitError>,
) -> Result<(), GitError> {
    let lock = &with_lock(path);
    let text = format!("{commit}\n");
    let dir = path.parent().unwrap_or(path);
    let locked = || GitError::Locked {
        lock: lock.to_owned(),
    };
    let mut races = 0;
    let taken = || loop {
        create_dirs(&RealDisk, dir)?;
        match RealDisk.write_new(lock, text.as_bytes(), 0o666) {
            Ok(()) => return Ok(Some(())),
            // git packs references under empty locks. One with a commit in it
            // is of a writer like this one.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                let empty = RealDisk
                    .read_at_most(lock, LONGEST)
                    .is_ok_and(|b| b.is_empty());
                return if empty || others == Others::AreGits {
                    Ok(None)
                } else {
                    Err(locked())
                };
            }
            // git has just removed the directory, which was empty.
            Err(error) if error.kind() == io::ErrorKind::NotFound && races < RACES => races += 1,
            Err(error) => return Err(error.into()),
        }
    };
    if wait_for(PATIENCE, taken)?.is_none() {
        return Err(locked());
    }
    let moved = last().and_then(|()| {
        RealDisk.sync_file(lock)?;
        Ok(RealDisk.rename(lock, path)?)
    });
    moved.inspect_err(|_| {
        let _ = RealDisk.remove_file(lock);
    })
}

/// Removes a reference of piton's own, if it still names `commit`. One that is
/// not there any more is removed. `None` when that is git's to do.
///
/// Nobody but piton moves it, so no lock is taken, and no kill leaves one. A git
/// that packs references might bring it back; that one takes its lock on the
/// packed ones before it reads any, so where there is neither the lock nor a
/// packed one after the removal, there is no such git.
pub(crate) fn remove(common: &Path, name: &str, commit: &CommitId) -> Option<Result<(), GitError>> {
    if !is_ours(common) || !is_unpacked(common, name) {
        return None;
    }
    let path = common.join(name);
    let removed = (|| {
        match RealDisk.read_at_most(&path, LONGEST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
            Ok(bytes) if bytes.trim_ascii() == commit.as_str().as_bytes() => {}
            Ok(_) => {
                let what = format!("{name} is no longer at {commit}");
                return Err(GitError::Moved { what });
            }
        }
        RealDisk.remove_file(&path)?;
        Ok(path.parent().map_or(Ok(()), |dir| RealDisk.sync_dir(dir))?)
    })();
    if let Err(error) = removed {
        return Some(Err(error));
    }
    let lock = common.join("packed-refs.lock");
    let is_let_go = || Ok::<_, GitError>(RealDisk.stat(&lock)?.is_none().then_some(()));
    match wait_for(PATIENCE, is_let_go) {
        Ok(Some(())) if is_unpacked(common, name) => Some(Ok(())),
        Ok(Some(())) => None,
        Ok(None) => Some(Err(GitError::Locked { lock })),
        Err(error) => Some(Err(error)),
    }
}

/// Tells whether no packed reference has this name.
fn is_unpacked(common: &Path, name: &str) -> bool {
    packed(common).is_some_and(|packed| !packed.contains_key(name))
}

fn with_lock(path: &Path) -> PathBuf {
    let mut lock = path.to_owned().into_os_string();
    lock.push(".lock");
    PathBuf::from(lock)
}

/// Returns the commit that a reference names; `None` where it names another
/// reference, or none, or cannot be read.
pub(super) fn target(common: &Path, name: &str) -> Option<CommitId> {
    let found = match RealDisk.read_at_most(&common.join(name), LONGEST) {
        Ok(bytes) => said(&bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => packed(common)?.remove(name)?,
        Err(_) => return None,
    };
    match found {
        Said::Object(id) => Some(id),
        Said::Another(_) => None,
    }
}

/// Tells whether references are files here, which are this user's to write.
pub(super) fn is_ours(common: &Path) -> bool {
    is_plain(common) && !is_shared(common)
}

/// Tells whether references are files here.
fn is_plain(common: &Path) -> bool {
    matches!(RealDisk.stat(&common.join("reftable")), Ok(None))
        && matches!(RealDisk.stat(&common.join("refs")), Ok(Some(stat)) if stat.kind == Kind::Dir)
}

/// Where several people write, git knows what modes files get. What cannot be
/// read may say so.
fn is_shared(common: &Path) -> bool {
    RealDisk.read(&common.join("config")).map_or(true, |bytes| {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        text.contains("sharedrepository")
    })
}

fn is_of_a_worktree(name: &str) -> bool {
    OF_A_WORKTREE.iter().any(|place| name.starts_with(place))
}

fn read_below(root: &Path, name: &str, found: &mut BTreeMap<String, Said>) -> Option<()> {
    let entries = match RealDisk.list(&root.join(name)) {
        Ok(entries) => entries,
        // Emptied and removed a moment ago, or never there.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(()),
        Err(_) => return None,
    };
    for entry in entries {
        let file = entry.name.to_str()?;
        let name = format!("{name}/{file}");
        match entry.kind {
            Kind::Dir => read_below(root, &name, found)?,
            // Locks, and what other programs put there, are no references.
            Kind::File if file.starts_with('.') || is_lock(file) => {}
            Kind::File => match RealDisk.read_at_most(&root.join(&name), LONGEST) {
                Ok(bytes) => {
                    found.insert(name, said(&bytes)?);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => return None,
            },
            Kind::Symlink | Kind::Other => return None,
        }
    }
    Some(())
}

fn is_lock(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|end| end == "lock")
}

fn said(bytes: &[u8]) -> Option<Said> {
    let text = std::str::from_utf8(bytes).ok()?.trim_end();
    match text.strip_prefix("ref:") {
        Some(name) => Some(Said::Another(name.trim_start().to_owned())),
        None => Some(Said::Object(text.parse().ok()?)),
    }
}

fn packed(common: &Path) -> Option<BTreeMap<String, Said>> {
    let bytes = match RealDisk.read_at_most(&common.join("packed-refs"), LONGEST_LIST) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some(BTreeMap::new()),
        Err(_) => return None,
    };
    let mut found = BTreeMap::new();
    for line in std::str::from_utf8(&bytes).ok()?.lines() {
        // A comment, or the object that a tag points to.
        if line.starts_with(['#', '^']) {
            continue;
        }
        let (id, name) = line.split_once(' ')?;
        found.insert(name.to_owned(), Said::Object(id.parse().ok()?));
    }
    Some(found)
}
