//! What is seen of a program, and what is done to it.

use std::fmt;
use std::path::{Path, PathBuf};

/// A system call that is about to write, to open a file or to look at one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Counted over the whole tree of processes, from 1.
    pub number: u64,
    pub call: &'static str,
    /// The file, and for renames and links the other name.
    pub path: PathBuf,
    pub other: Option<PathBuf>,
    /// Whether it writes; otherwise it opens a file to read it, or looks what is
    /// there.
    pub writes: bool,
    /// How such a call can fail.
    pub faults: &'static [Fault],
}

impl Point {
    /// Returns a line for people, with paths as seen from `root`.
    pub fn line(&self, root: &Path) -> String {
        let short = |path: &Path| {
            path.strip_prefix(root)
                .unwrap_or(path)
                .display()
                .to_string()
        };
        match &self.other {
            None => format!("{} {}", self.call, short(&self.path)),
            Some(other) => format!("{} {} {}", self.call, short(&self.path), short(other)),
        }
    }
}

/// At which calls a program is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// At those that write.
    Writes,
    /// And where a file is opened to be read.
    Opens,
    /// And where it is looked what is there: most calls of all.
    Looks,
}

/// What is done at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Go,
    /// Everything is killed, before the call is made.
    Kill,
    /// The call is not made, and fails like this.
    Fail(Fault),
}

/// A failure that a disk may give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    NoSpace,
    InputOutput,
    TooManyFiles,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSpace => "no space left",
            Self::InputOutput => "input/output error",
            Self::TooManyFiles => "too many open files",
        })
    }
}

/// How a program that was watched ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Exit(i32),
    Signal(i32),
    /// Killed where it was decided.
    Killed,
    /// Killed because it took too long.
    TooLong,
}

/// A program that was watched, from beginning to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    pub end: End,
    /// How many points there were.
    pub points: u64,
}
