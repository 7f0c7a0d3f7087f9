//! The record in the original's lock that says whose it is.

use std::fmt;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use piton_durable::platform::{ProcessState, Processes};
use piton_durable::{DiskRead, DiskResult};

use super::guard::Guard;
use crate::consistency::OWNER_FILE;
use crate::json::{Node, Object, Value, parse, render};
use crate::stamp::{RawStamp, Stamp};

const MAX_OWNER: u64 = 64 << 10;

/// What can be read of an owner record: for messages, and for telling whether
/// its process still lives. The original writes the first three fields only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockHolder {
    pub pid: Option<u32>,
    pub operation: Option<String>,
    pub created_at: Option<String>,
    pub host: Option<String>,
    pub(super) boot_id: Option<String>,
    /// The lock of the operating system that its process held as well.
    pub(super) guarded_by: Option<String>,
    /// That lock's file as the file system names it.
    pub(super) guard_file: Option<u64>,
    /// The PID namespace of that process.
    pub(super) namespace: Option<String>,
    /// When the process started, in milliseconds since 1970.
    pub(super) started: Option<u64>,
}

impl LockHolder {
    /// Reads the record in a lock directory. Where there is none, or it is no
    /// record, nobody is named. One that cannot be opened is an error, because
    /// it may name somebody.
    pub(super) fn read(disk: &dyn DiskRead, lock: &Path) -> DiskResult<Self> {
        let bytes = match disk.read_at_most(&lock.join(OWNER_FILE), MAX_OWNER) {
            Ok(bytes) => bytes,
            Err(error) if error.may_pass() || error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(error);
            }
            Err(_) => return Ok(Self::default()),
        };
        Ok(match std::str::from_utf8(&bytes).map(parse) {
            Ok(Ok(Value::Object(owner))) => Self {
                pid: number(&owner, "pid"),
                operation: text(&owner, "operation"),
                created_at: text(&owner, "created_at"),
                host: text(&owner, "host"),
                boot_id: text(&owner, "boot_id"),
                guarded_by: text(&owner, "guarded_by"),
                guard_file: number(&owner, "guard_file"),
                namespace: text(&owner, "pid_namespace"),
                started: number(&owner, "process_started_ms"),
            },
            _ => Self::default(),
        })
    }

    /// Renders the record of this process. The fields beyond the original's
    /// three are the ones that tell a dead process from a living one for sure.
    pub(super) fn ours(
        processes: &dyn Processes,
        guard: &Guard,
        operation: &str,
        now: Timestamp,
    ) -> String {
        let pid = processes.own_pid();
        let created_at = Stamp::utc(now).to_string();
        let host = processes.host();
        let boot_id = processes.boot_id();
        let mut members = vec![
            ("pid", Node::Int(u64::from(pid))),
            ("operation", Node::String(operation)),
            ("created_at", Node::String(&created_at)),
            ("host", Node::String(&host)),
            ("guarded_by", Node::String(&guard.path)),
        ];
        if let Some(file) = guard.file {
            members.push(("guard_file", Node::Int(file)));
        }
        let namespace = processes.namespace();
        if let Some(namespace) = &namespace {
            members.push(("pid_namespace", Node::String(namespace)));
        }
        if let Some(boot_id) = &boot_id {
            members.push(("boot_id", Node::String(boot_id)));
        }
        if let ProcessState::Running {
            started: Some(started),
        } = processes.state(pid)
            && let Ok(since) = started.duration_since(std::time::UNIX_EPOCH)
            && let Ok(millis) = u64::try_from(since.as_millis())
        {
            members.push(("process_started_ms", Node::Int(millis)));
        }
        render(&Node::Object(members))
    }

    /// Whether its process held that lock as well.
    pub(super) fn is_under(&self, guard: &Guard) -> bool {
        self.guarded_by.as_ref().is_some_and(|path| {
            *path == guard.path || (guard.file.is_some() && self.guard_file == guard.file)
        })
    }

    pub(super) fn created(&self) -> Option<Timestamp> {
        RawStamp::new(self.created_at.as_deref()?).instant().ok()
    }
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid}")?,
            None => f.write_str("another process")?,
        }
        if let Some(host) = &self.host {
            write!(f, " on {}", host.escape_debug())?;
        }
        if let Some(since) = &self.created_at {
            write!(f, ", since {}", since.escape_debug())?;
        }
        if let Some(what) = &self.operation {
            write!(f, ", for {}", what.escape_debug())?;
        }
        Ok(())
    }
}

fn text(owner: &Object<'_>, key: &str) -> Option<String> {
    match owner.get(key) {
        Some(Value::String(text)) => Some(text.clone().into_owned()),
        _ => None,
    }
}

fn number<T: std::str::FromStr>(owner: &Object<'_>, key: &str) -> Option<T> {
    match owner.get(key) {
        Some(Value::Int(digits)) => digits.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use piton_testkit::SimDisk;

    use super::*;

    #[derive(Debug)]
    struct Known;

    impl Processes for Known {
        fn state(&self, _: u32) -> ProcessState {
            ProcessState::Running {
                started: Some(SystemTime::UNIX_EPOCH + Duration::from_millis(1_700)),
            }
        }
        fn boot_id(&self) -> Option<String> {
            Some("this boot".into())
        }
        fn namespace(&self) -> Option<String> {
            Some("this space".into())
        }
        fn host(&self) -> String {
            "here".into()
        }
        fn own_pid(&self) -> u32 {
            77
        }
    }

    #[test]
    fn a_record_of_ours_says_all_that_tells_the_dead_from_the_living() {
        let guard = Guard {
            path: "our lock".into(),
            file: Some(7),
        };
        let disk = SimDisk::new();
        let record = LockHolder::ours(&Known, &guard, "publish", Timestamp::UNIX_EPOCH);
        disk.put(Path::new("/lock").join(OWNER_FILE), record);
        let read = LockHolder::read(&disk, Path::new("/lock")).unwrap();
        let expected = LockHolder {
            pid: Some(77),
            operation: Some("publish".into()),
            created_at: Some("1970-01-01T00:00:00.000+00:00".into()),
            host: Some("here".into()),
            boot_id: Some("this boot".into()),
            guarded_by: Some("our lock".into()),
            guard_file: Some(7),
            namespace: Some("this space".into()),
            started: Some(1_700),
        };
        assert_eq!(read, expected);
        assert!(read.is_under(&guard));
    }

    #[test]
    fn a_record_that_is_none_or_too_long_says_nothing() {
        let disk = SimDisk::new();
        let check = |text: String| {
            disk.put(Path::new("/lock").join(OWNER_FILE), text);
            LockHolder::read(&disk, Path::new("/lock")).unwrap()
        };
        let named = LockHolder {
            pid: Some(7),
            ..LockHolder::default()
        };
        assert_eq!(check("{\"pid\": 7}".into()), named);
        for nothing in ["", "7", "{\"pid\": ", "{\"pid\": \"7\"}", "{\"pid\": -7}"] {
            assert_eq!(check(nothing.into()), LockHolder::default(), "{nothing}");
        }
        let long = format!("{{\"pid\": 7}}{}", " ".repeat(64 << 10));
        assert_eq!(check(long), LockHolder::default());
    }
}
