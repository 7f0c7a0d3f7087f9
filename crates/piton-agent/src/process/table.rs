//! The processes of the machine: the one place where platforms differ.
//!
//! Linux tells everything in `/proc`. Elsewhere `ps` is asked, which costs a
//! process and tells starts to the second only; nothing else changes.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs::{self, File};
use std::io::Read;
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
    fn rows(&self) -> BTreeMap<i32, Row>;

    /// Returns one of them.
    fn row(&self, pid: i32) -> Option<Row>;

    /// Tells whether starts are numbers of which a later one is never smaller.
    fn tells_earlier(&self) -> bool;

    /// Tells whether a process was started with `NAME=value` in its environment.
    fn was_given(&self, pid: i32, assignment: &str) -> bool;

    /// Tells whether a process works in `directory` or below it.
    fn works_below(&self, pid: i32, directory: &Path) -> bool;
}

/// Returns the table of this machine.
pub(crate) fn of_this_machine() -> Box<dyn ProcessTable> {
    if fs::read("/proc/self/stat").is_ok() {
        Box::new(ProcFs)
    } else {
        Box::new(Ps)
    }
}

/// Tells whether a process is there and not dead.
pub(crate) fn is_alive(pid: i32) -> bool {
    of_this_machine().row(pid).is_some_and(|row| !row.zombie)
}

pub(crate) fn pid(number: i32) -> Option<Pid> {
    // Zero and below mean groups to `kill`, and one is the machine's own.
    Pid::from_raw(number).filter(|_| number > 1)
}

#[derive(Debug)]
struct ProcFs;

impl ProcessTable for ProcFs {
    fn rows(&self) -> BTreeMap<i32, Row> {
        let names = fs::read_dir("/proc").into_iter().flatten().flatten();
        names
            .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
            .filter_map(|pid| Some((pid, stat_of(pid)?)))
            .collect()
    }

    fn row(&self, pid: i32) -> Option<Row> {
        stat_of(pid)
    }

    fn was_given(&self, pid: i32, assignment: &str) -> bool {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment
            .split(|byte| *byte == 0)
            .any(|entry| entry == assignment.as_bytes())
    }

    fn works_below(&self, pid: i32, directory: &Path) -> bool {
        fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(directory))
    }

    fn tells_earlier(&self) -> bool {
        true
    }
}

/// More than any line of `stat` has.
const LONGEST_LINE: usize = 2048;

fn stat_of(pid: i32) -> Option<Row> {
    // All processes of the machine are looked at, so each in one read.
    let mut line = [0; LONGEST_LINE];
    let mut stat = File::open(format!("/proc/{pid}/stat")).ok()?;
    let read = stat.read(&mut line).ok()?;
    stat_line(&line[..read])
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
    fn rows(&self) -> BTreeMap<i32, Row> {
        let listing = ps(&["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="]);
        listing
            .lines()
            .filter_map(ps_line)
            .map(|row| (row.id.pid, row))
            .collect()
    }

    fn was_given(&self, pid: i32, assignment: &str) -> bool {
        // `e` shows the environment after the command, of one's own processes.
        let listing = ps(&["eww", "-o", "command=", "-p", &pid.to_string()]);
        listing.split_whitespace().any(|word| word == assignment)
    }

    fn works_below(&self, _pid: i32, _directory: &Path) -> bool {
        // This is asked of adopted orphans alone, and only Linux has those.
        false
    }

    fn row(&self, pid: i32) -> Option<Row> {
        self.rows().remove(&pid)
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
fn ps(arguments: &[&str]) -> String {
    let output = std::process::Command::new("ps")
        .args(arguments)
        .env("LC_ALL", "C")
        .output();
    output.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
    })
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
        let here = of_this_machine().rows();
        assert!(!here[&own()].zombie);
        let path = std::env::vars().find(|(name, _)| name == "PATH").unwrap().1;
        assert!(of_this_machine().was_given(own(), &format!("PATH={path}")));
        let listed = Ps.rows();
        // Some small machines have no `ps`; there is nothing to compare then.
        if listed.is_empty() {
            return;
        }
        assert_eq!(listed[&own()].parent, here[&own()].parent);
        assert!(Ps.was_given(own(), &format!("PATH={path}")));
    }
}
