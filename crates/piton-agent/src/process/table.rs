//! The processes of the machine: the one place where platforms differ.
//!
//! Linux tells everything in `/proc`. Elsewhere `ps` is asked, which costs a
//! process and tells starts to the second only; nothing else changes. What
//! cannot be looked at may be alive, so it is an error and never nothing.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use rustix::process::Pid;

/// A process that numbers alone do not name: they are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ProcessId {
    pub(crate) pid: i32,
    /// When it started, in whatever unit the platform counts.
    pub(crate) start: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: ProcessId,
    pub(crate) parent: i32,
    pub(crate) session: i32,
    /// Dead, and only waiting to be taken note of.
    pub(crate) zombie: bool,
}

pub(crate) trait ProcessTable: Debug + Send {
    /// Returns all processes by number.
    fn rows(&self) -> io::Result<BTreeMap<i32, Row>>;

    /// Returns one of them.
    fn row(&self, pid: i32) -> io::Result<Option<Row>>;

    /// Tells whether starts are numbers of which a later one is never smaller.
    fn tells_earlier(&self) -> bool;

    /// Tells whether a process was started with `NAME=value` in its environment.
    /// One whose environment the system hides is another user's.
    fn was_given(&self, pid: i32, assignment: &str) -> io::Result<bool>;

    /// Tells whether a process works in `directory` or below it.
    fn works_below(&self, pid: i32, directory: &Path) -> io::Result<bool>;
}

pub(crate) fn of_this_machine() -> Box<dyn ProcessTable> {
    if cfg!(target_os = "linux") {
        Box::new(ProcFs)
    } else {
        Box::new(Ps)
    }
}

/// Makes sure that processes can be looked at here at all.
pub(crate) fn can_be_looked_at() -> io::Result<()> {
    let own = i32::try_from(std::process::id()).unwrap_or(0);
    match of_this_machine().row(own) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(io::Error::other(
            "no process is to be seen, piton's own neither",
        )),
        Err(error) => Err(error),
    }
}

/// Tells whether a process is there and not dead, or may be.
pub(crate) fn may_be_alive(pid: i32) -> bool {
    of_this_machine()
        .row(pid)
        .map_or(true, |row| row.is_some_and(|row| !row.zombie))
}

pub(crate) fn pid(number: i32) -> Option<Pid> {
    // Zero and below mean groups to `kill`, and one is the machine's own.
    Pid::from_raw(number).filter(|_| number > 1)
}

#[derive(Debug)]
struct ProcFs;

impl ProcessTable for ProcFs {
    fn rows(&self) -> io::Result<BTreeMap<i32, Row>> {
        let mut rows = BTreeMap::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse::<i32>().ok()) else {
                continue;
            };
            if let Some(row) = stat_of(pid)? {
                rows.insert(pid, row);
            }
        }
        Ok(rows)
    }

    fn row(&self, pid: i32) -> io::Result<Option<Row>> {
        stat_of(pid)
    }

    fn was_given(&self, pid: i32, assignment: &str) -> io::Result<bool> {
        let environment = of_others(fs::read(format!("/proc/{pid}/environ")))?;
        Ok(environment.is_some_and(|environment| {
            environment
                .split(|byte| *byte == 0)
                .any(|entry| entry == assignment.as_bytes())
        }))
    }

    fn works_below(&self, pid: i32, directory: &Path) -> io::Result<bool> {
        let cwd = of_others(fs::read_link(format!("/proc/{pid}/cwd")))?;
        Ok(cwd.is_some_and(|cwd| cwd.starts_with(directory)))
    }

    fn tells_earlier(&self) -> bool {
        true
    }
}

/// More than any line of `stat` has.
const LONGEST_LINE: usize = 2048;

fn stat_of(pid: i32) -> io::Result<Option<Row>> {
    // All processes of the machine are looked at, so each in one read.
    let mut line = [0; LONGEST_LINE];
    let read = File::open(format!("/proc/{pid}/stat")).and_then(|mut stat| stat.read(&mut line));
    let Some(read) = of_others(read)? else {
        return Ok(None);
    };
    match stat_line(&line[..read]) {
        Some(row) => Ok(Some(row)),
        None => Err(io::Error::other(format!(
            "/proc/{pid}/stat is not understood"
        ))),
    }
}

/// Takes what is gone, and what the system hides from this user, for nothing of
/// ours.
fn of_others<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
            ) || error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) =>
        {
            Ok(None)
        }
        read => read.map(Some),
    }
}

/// Reads `pid (name) state ppid pgrp session …`; the name may hold anything,
/// also brackets, so the last bracket counts.
fn stat_line(line: &[u8]) -> Option<Row> {
    let bracket = line.iter().rposition(|&byte| byte == b')')?;
    let before = std::str::from_utf8(line[..bracket].split(|&byte| byte == b' ').next()?).ok()?;
    let after = std::str::from_utf8(&line[bracket + 1..]).ok()?;
    let mut fields = after.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let session = fields.nth(1)?.parse().ok()?;
    let start = fields.nth(15)?.parse().ok()?;
    Some(Row {
        id: ProcessId {
            pid: before.parse().ok()?,
            start,
        },
        parent,
        session,
        zombie: matches!(state, "Z" | "X"),
    })
}

#[derive(Debug)]
struct Ps;

impl ProcessTable for Ps {
    fn rows(&self) -> io::Result<BTreeMap<i32, Row>> {
        let listing = ps(&["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="])?;
        let rows: BTreeMap<i32, Row> = listing
            .lines()
            .filter_map(ps_line)
            .map(|row| (row.id.pid, row))
            .collect();
        if rows.is_empty() {
            return Err(io::Error::other("`ps` told of no process"));
        }
        Ok(rows)
    }

    fn was_given(&self, pid: i32, assignment: &str) -> io::Result<bool> {
        // `e` shows the environment after the command, of one's own processes.
        let listing = ps(&["eww", "-o", "command=", "-p", &pid.to_string()])?;
        Ok(listing.split_whitespace().any(|word| word == assignment))
    }

    fn works_below(&self, _pid: i32, _directory: &Path) -> io::Result<bool> {
        // This is asked of adopted orphans alone, and only Linux has those.
        Ok(false)
    }

    fn row(&self, pid: i32) -> io::Result<Option<Row>> {
        Ok(self.rows()?.remove(&pid))
    }

    fn tells_earlier(&self) -> bool {
        false
    }
}

/// Reads `pid ppid pgid stat Sat Nov 21 00:45:49 2026`. Sessions are not told
/// everywhere; the group stands in for them, which finds less, never more.
fn ps_line(line: &str) -> Option<Row> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let started = fields.get(4..9)?.join(" ");
    let start = started
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    Some(Row {
        id: ProcessId {
            pid: fields[0].parse().ok()?,
            start,
        },
        parent: fields[1].parse().ok()?,
        session: fields[2].parse().ok()?,
        zombie: fields[3].starts_with('Z'),
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the room where processes are looked at"
)]
fn ps(arguments: &[&str]) -> io::Result<String> {
    let output = std::process::Command::new("ps")
        .args(arguments)
        .env("LC_ALL", "C")
        .output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> i32 {
        i32::try_from(std::process::id()).unwrap()
    }

    #[test]
    fn a_name_with_brackets_and_spaces_is_no_obstacle() {
        let line = b"42 (a) b) c) S 7 42 9 0 -1 4 0 0 0 0 0 0 0 0 20 0 1 0 12345 0 0";
        let row = stat_line(line).unwrap();
        assert_eq!(
            (row.id, row.parent, row.session),
            (
                ProcessId {
                    pid: 42,
                    start: 12345
                },
                7,
                9
            )
        );
        assert!(!row.zombie);
        assert!(stat_line(b"garbage").is_none());
    }

    #[test]
    fn a_line_of_ps_is_read_and_a_short_one_is_not() {
        let row = ps_line("  42     7    42 Z+   Sat Nov 21 00:45:49 2026").unwrap();
        assert_eq!(
            (row.id.pid, row.parent, row.session, row.zombie),
            (42, 7, 42, true)
        );
        assert!(ps_line("42 7 42 Ss").is_none());
    }

    #[test]
    fn both_tables_know_this_very_process() {
        let here = of_this_machine().rows().unwrap();
        assert!(!here[&own()].zombie);
        let path = std::env::vars().find(|(name, _)| name == "PATH").unwrap().1;
        let given = format!("PATH={path}");
        assert!(of_this_machine().was_given(own(), &given).unwrap());
        // Some small machines have no `ps`; there is nothing to compare then.
        let Ok(listed) = Ps.rows() else { return };
        assert_eq!(listed[&own()].parent, here[&own()].parent);
        assert!(Ps.was_given(own(), &given).unwrap());
    }

    #[test]
    fn what_is_gone_or_hidden_is_nothing_of_ours_and_what_cannot_be_read_is_an_error() {
        let read = |kind: io::ErrorKind| of_others::<()>(Err(kind.into()));
        assert!(matches!(read(io::ErrorKind::NotFound), Ok(None)));
        assert!(matches!(read(io::ErrorKind::PermissionDenied), Ok(None)));
        assert!(read(io::ErrorKind::Other).is_err());
        let gone = rustix::io::Errno::SRCH.into();
        assert!(matches!(of_others::<()>(Err(gone)), Ok(None)));
        let full = rustix::io::Errno::MFILE.into();
        assert!(of_others::<()>(Err(full)).is_err());
    }
}
