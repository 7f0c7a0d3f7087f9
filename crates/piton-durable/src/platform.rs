//! What differs between platforms.
//!
//! Everything else in this crate is portable Rust. A platform that has one of
//! these calls uses it; one that has not says [`io::ErrorKind::Unsupported`],
//! and the callers take the way that works everywhere, which the tests walk on
//! Linux too, over a disk that has none of them.
//!
//! Syncing needs no entry here: `File::sync_all` asks for `F_FULLFSYNC` on
//! Apple's systems, where a plain `fsync` stops at the drive's cache.

use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Renames to a free name without ever replacing.
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    special_rename(from, to, Special::NoReplace)
}

/// Exchanges two things in one step.
pub(crate) fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    special_rename(a, b, Special::Exchange)
}

#[derive(Clone, Copy)]
enum Special {
    NoReplace,
    Exchange,
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn special_rename(from: &Path, to: &Path, special: Special) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;

    let flags = match special {
        Special::NoReplace => RenameFlags::NOREPLACE,
        Special::Exchange => RenameFlags::EXCHANGE,
    };
    match renameat_with(CWD, from, CWD, to, flags) {
        Ok(()) => Ok(()),
        // A file system or a kernel without the call says so in one of these.
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Err(io::ErrorKind::Unsupported.into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn special_rename(_from: &Path, _to: &Path, _special: Special) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// What is known about a process id on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessState {
    /// No process has this id.
    Gone,
    /// One has, and it started then where the platform tells.
    Running { started: Option<SystemTime> },
    /// The platform cannot tell; nobody may be declared dead on this.
    Unknown,
}

/// The processes of this machine, as far as judging a dead lock needs them.
pub trait Processes: std::fmt::Debug + Send + Sync {
    fn state(&self, pid: u32) -> ProcessState;
    /// Names this boot of the machine, where the platform does.
    fn boot_id(&self) -> Option<String>;
    /// Names the space in which process ids mean something, where the platform
    /// has more than one: containers have their own.
    fn namespace(&self) -> Option<String> {
        None
    }
    /// For messages alone: a name of a machine proves nothing.
    fn host(&self) -> String;
    /// The id of the calling process.
    fn own_pid(&self) -> u32;
}

/// The machine's own processes.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealProcesses;

impl Processes for RealProcesses {
    fn state(&self, pid: u32) -> ProcessState {
        let Some(id) = i32::try_from(pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        else {
            return ProcessState::Gone;
        };
        match rustix::process::test_kill_process(id) {
            // A process that died but was not waited for holds nothing any more.
            Ok(()) if is_zombie(pid) => ProcessState::Gone,
            // Not being allowed to signal it proves that it is there.
            Ok(()) | Err(rustix::io::Errno::PERM) => ProcessState::Running {
                started: started(pid),
            },
            Err(rustix::io::Errno::SRCH) => ProcessState::Gone,
            Err(_) => ProcessState::Unknown,
        }
    }

    fn boot_id(&self) -> Option<String> {
        boot_id()
    }

    fn namespace(&self) -> Option<String> {
        namespace()
    }

    fn host(&self) -> String {
        rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned()
    }

    fn own_pid(&self) -> u32 {
        std::process::id()
    }
}

#[cfg(target_os = "linux")]
mod proc_fs {
    use std::fs;
    use std::time::{Duration, SystemTime};

    /// Linux reports process times to programs in hundredths of a second,
    /// whatever the kernel was built with.
    const TICKS_PER_SECOND: u64 = 100;

    pub(super) fn boot_id() -> Option<String> {
        let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        Some(text.trim().to_owned()).filter(|id| !id.is_empty())
    }

    /// Reads as `pid:[4026531836]`.
    pub(super) fn namespace() -> Option<String> {
        let link = fs::read_link("/proc/self/ns/pid").ok()?;
        link.to_str().map(str::to_owned)
    }

    pub(super) fn is_zombie(pid: u32) -> bool {
        field(pid, 0).is_some_and(|state| state == "Z" || state == "X")
    }

    pub(super) fn started(pid: u32) -> Option<SystemTime> {
        // The 22nd field of the line; the third comes first after the name.
        let ticks: u64 = field(pid, 19)?.parse().ok()?;
        let boot: u64 = fs::read_to_string("/proc/stat")
            .ok()?
            .lines()
            .find_map(|line| line.strip_prefix("btime "))?
            .trim()
            .parse()
            .ok()?;
        let millis = ticks.checked_mul(1000)? / TICKS_PER_SECOND;
        SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(boot))?
            .checked_add(Duration::from_millis(millis))
    }

    /// Returns a field of the status line, counted from the process state; the
    /// name before it may hold anything, blanks and brackets included.
    fn field(pid: u32, index: usize) -> Option<String> {
        let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, rest) = line.rsplit_once(')')?;
        rest.split_ascii_whitespace().nth(index).map(str::to_owned)
    }
}

#[cfg(not(target_os = "linux"))]
mod proc_fs {
    use std::time::SystemTime;

    pub(super) fn boot_id() -> Option<String> {
        None
    }

    pub(super) fn namespace() -> Option<String> {
        None
    }

    pub(super) fn is_zombie(_pid: u32) -> bool {
        false
    }

    pub(super) fn started(_pid: u32) -> Option<SystemTime> {
        None
    }
}

use proc_fs::{boot_id, is_zombie, namespace, started};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_runs_and_started_in_the_past() {
        match RealProcesses.state(std::process::id()) {
            ProcessState::Running { started } => {
                assert!(started.is_none_or(|at| at <= SystemTime::now()));
            }
            other => panic!("this very process is {other:?}"),
        }
    }

    #[test]
    fn an_id_that_no_process_can_have_is_gone() {
        assert_eq!(RealProcesses.state(u32::MAX), ProcessState::Gone);
        assert_eq!(RealProcesses.state(0), ProcessState::Gone);
    }
}
