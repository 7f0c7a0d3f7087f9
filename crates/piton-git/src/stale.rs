//! Locks of git's that nobody can hold any more.
//!
//! Git's locks are files, and a git that is killed leaves them behind, as a
//! power cut does. A lock of piton's own is known by its record, and is no
//! business of this room. Any other is dead when it was made before this machine
//! was started; or when it has not changed for as long as piton waits for it, no
//! process has it open, and no git works in the repository. A process of another
//! container may see the lock and the repository at other places, so there files
//! and directories are compared and not their paths. Doubt is life: what cannot
//! be looked at counts as a holder, and so does every platform that does not
//! tell. Inside a container the processes outside cannot be seen, so there
//! nothing is proved.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// The kernel tells its start in whole seconds, and clocks are set now and then.
const MARGIN: Duration = Duration::from_secs(2);

/// One lock file, as opposed to another of the same name made later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    inode: u64,
    made: SystemTime,
}

impl Seen {
    pub(crate) fn now(lock: &Path) -> Option<Self> {
        let meta = fs::symlink_metadata(lock).ok()?;
        Some(Self {
            inode: meta.ino(),
            made: meta.modified().ok()?,
        })
    }

    /// Whether it was made before this machine was started.
    pub(crate) fn is_older_than_this_boot(self) -> bool {
        processes::booted().is_some_and(|booted| self.made + MARGIN < booted)
    }
}

/// Whether it is proved that nobody holds a lock of the repository whose
/// working tree is at `top` and whose own directory is `common`.
pub(crate) fn nobody_holds(lock: &Path, top: &Path, common: &Path) -> bool {
    processes::are_all_seen() && !somebody_works_in(lock, top, common)
}

/// Whether a process can be seen that might hold a lock. Where none can be
/// seen at all, somebody might.
pub(crate) fn somebody_works_in(lock: &Path, top: &Path, common: &Path) -> bool {
    processes::all().is_none_or(|all| {
        all.into_iter()
            .any(|process| process.may_hold(lock, top, common))
    })
}

/// Removes a lock that is proved dead.
#[expect(
    clippy::disallowed_methods,
    reason = "git's own lock file, which no Disk stands for"
)]
pub(crate) fn remove(lock: &Path) {
    // If it is gone already, somebody else removed it.
    let _ = fs::remove_file(lock);
}

/// A process, and where the system tells of it.
#[derive(Debug)]
struct Process {
    dir: PathBuf,
    is_git: bool,
    /// Whether its paths are not ours: it is in another container.
    elsewhere: bool,
}

impl Process {
    fn may_hold(&self, lock: &Path, top: &Path, common: &Path) -> bool {
        let doubt = |error: io::Error| self.is_git && !is_gone(&error);
        self.has_open(lock).unwrap_or_else(doubt)
            || (self.is_git && self.works_in([top, common]).unwrap_or_else(doubt))
    }

    fn has_open(&self, lock: &Path) -> io::Result<bool> {
        for entry in fs::read_dir(self.dir.join("fd"))? {
            let open = entry?.path();
            let path = match fs::read_link(&open) {
                // It was closed meanwhile.
                Err(error) if is_gone(&error) => continue,
                path => path?,
            };
            let may_be = path.file_name() == lock.file_name();
            if path == lock || (may_be && Place::of(&open).is_ok_and(|it| it.is(lock))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn works_in(&self, dirs: [&Path; 2]) -> io::Result<bool> {
        let mut at = self.dir.join("cwd");
        if !self.elsewhere {
            let its = fs::read_link(at)?;
            return Ok(dirs.iter().any(|dir| its.starts_with(dir)));
        }
        let mut below = None;
        loop {
            let place = Place::of(&at)?;
            if dirs.iter().any(|dir| place.is(dir)) {
                return Ok(true);
            }
            if below == Some(place) {
                return Ok(false);
            }
            below = Some(place);
            at.push("..");
        }
    }
}

/// One file or directory, whatever path leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    device: u64,
    inode: u64,
}

impl Place {
    fn of(path: &Path) -> io::Result<Self> {
        let meta = fs::metadata(path)?;
        Ok(Self {
            device: meta.dev(),
            inode: meta.ino(),
        })
    }

    /// Whether it is what that path leads to, or may be.
    fn is(self, path: &Path) -> bool {
        Self::of(path).map_or(true, |other| self == other)
    }
}

/// One that ends while it is looked at is no process.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
        || error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error())
}

#[cfg(target_os = "linux")]
mod processes {
    use std::fs;
    use std::io;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, SystemTime};

    use super::{Process, is_gone};

    pub(super) fn booted() -> Option<SystemTime> {
        let stat = fs::read_to_string("/proc/stat").ok()?;
        let line = stat.lines().find_map(|line| line.strip_prefix("btime "))?;
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(line.trim().parse().ok()?))
    }

    /// The space of process ids in which every process of the machine has one.
    const FIRST: &str = "pid:[4026531836]";

    pub(super) fn are_all_seen() -> bool {
        namespace("self", "pid").is_some_and(|ours| ours == Path::new(FIRST))
    }

    fn namespace(process: &str, kind: &str) -> Option<PathBuf> {
        fs::read_link(format!("/proc/{process}/ns/{kind}")).ok()
    }

    fn is_dead(dir: &Path) -> bool {
        match fs::read_to_string(dir.join("stat")) {
            Ok(line) => {
                let state = line
                    .rsplit_once(')')
                    .map_or("", |(_, rest)| rest.trim_start());
                state.starts_with(['Z', 'X'])
            }
            Err(error) => is_gone(&error),
        }
    }

    pub(super) fn all() -> Option<Vec<Process>> {
        let entries: Result<Vec<_>, _> = fs::read_dir("/proc").ok()?.collect();
        let numbered = entries.ok()?.into_iter().filter(|entry| {
            entry
                .file_name()
                .to_str()
                .is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()))
        });
        Some(numbered.map(|entry| look(entry.path())).collect())
    }

    pub(super) fn look(dir: PathBuf) -> Process {
        // What cannot be read may be called anything; only what the system hides
        // is somebody else's, and works elsewhere.
        let may_be_git = match fs::read_to_string(dir.join("comm")) {
            Ok(name) => name.starts_with("git"),
            Err(error) => !is_gone(&error) && error.kind() != io::ErrorKind::PermissionDenied,
        };
        // What died and was not waited for holds nothing any more.
        let is_git = may_be_git && !is_dead(&dir);
        let pid = dir.file_name().unwrap_or_default().to_string_lossy();
        let elsewhere = is_git && namespace(&pid, "mnt") != namespace("self", "mnt");
        Process {
            dir,
            is_git,
            elsewhere,
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod processes {
    use std::time::SystemTime;

    use super::Process;

    pub(super) fn booted() -> Option<SystemTime> {
        None
    }

    pub(super) fn all() -> Option<Vec<Process>> {
        None
    }

    pub(super) fn are_all_seen() -> bool {
        false
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
