//! Locks of git's that nobody can hold any more.
//!
//! Git's locks are files, and a git that is killed leaves them behind, as a
//! power cut does. A lock of piton's own is known by its record, and is no
//! business of this room. Any other is dead when it was made before this machine
//! was started; or when it has not changed for as long as piton waits for it, no
//! process has it open, and no git works in the repository. Doubt is life: what
//! cannot be looked at counts as a holder, so does a git in another container,
//! and so does every platform that does not tell. Inside a container the
//! processes outside cannot be seen, so there nothing is proved.

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
    // Whoever was faster has done what was to be done.
    let _ = fs::remove_file(lock);
}

/// What can be seen of a process.
#[derive(Debug)]
struct Process {
    is_git: bool,
    /// Its ids and its paths may not be ours.
    elsewhere: bool,
    directory: io::Result<PathBuf>,
    open: io::Result<Vec<PathBuf>>,
}

impl Process {
    fn may_hold(&self, lock: &Path, top: &Path, common: &Path) -> bool {
        // One that ends while it is looked at is no such process.
        let gone = |error: &io::Error| {
            error.kind() == io::ErrorKind::NotFound
                || error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error())
        };
        let has_it_open = match &self.open {
            Ok(open) => open.iter().any(|path| path == lock),
            Err(error) => self.is_git && !gone(error),
        };
        let works_here = self.is_git
            && match &self.directory {
                Ok(directory) => directory.starts_with(top) || directory.starts_with(common),
                Err(error) => !gone(error),
            };
        has_it_open || works_here || (self.is_git && self.elsewhere)
    }
}

#[cfg(target_os = "linux")]
mod processes {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, SystemTime};

    use super::Process;

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
        fs::read_to_string(dir.join("stat")).map_or(true, |line| {
            let state = line
                .rsplit_once(')')
                .map_or("", |(_, rest)| rest.trim_start());
            state.starts_with(['Z', 'X'])
        })
    }

    pub(super) fn all() -> Option<Vec<Process>> {
        let entries = fs::read_dir("/proc").ok()?;
        let numbered = entries.flatten().filter(|entry| {
            entry
                .file_name()
                .to_str()
                .is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()))
        });
        Some(numbered.map(|entry| look(&entry.path())).collect())
    }

    fn look(dir: &Path) -> Process {
        let name = fs::read_to_string(dir.join("comm")).unwrap_or_default();
        let open = fs::read_dir(dir.join("fd")).map(|entries| {
            entries
                .flatten()
                .filter_map(|entry| fs::read_link(entry.path()).ok())
                .collect()
        });
        let pid = dir.file_name().unwrap_or_default().to_string_lossy();
        // What died and was not waited for holds nothing any more.
        let is_git = name.starts_with("git") && !is_dead(dir);
        let apart = |kind| namespace(&pid, kind) != namespace("self", kind);
        Process {
            is_git,
            elsewhere: is_git && (apart("pid") || apart("mnt")) && !is_dead(dir),
            directory: fs::read_link(dir.join("cwd")),
            open,
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
