//! What a disk refused, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

/// What was being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Look,
    Read,
    Resolve,
    List,
    CreateDir,
    Write,
    Append,
    Cut,
    SetMode,
    Sync,
    Move,
    Exchange,
    Remove,
}

/// What a disk refused, and where. Whoever passes it on needs to add neither.
pub struct DiskError(Box<Refusal>);

/// The result of an operation of a disk.
pub type DiskResult<T> = Result<T, DiskError>;

#[derive(Debug)]
struct Refusal {
    doing: Doing,
    path: PathBuf,
    /// The second path, of what has two.
    to: Option<PathBuf>,
    source: io::Error,
}

impl DiskError {
    pub fn new(doing: Doing, path: &Path, source: impl Into<io::Error>) -> Self {
        Self(Box::new(Refusal {
            doing,
            path: path.into(),
            to: None,
            source: source.into(),
        }))
    }

    /// Names one path, for `map_err`.
    pub fn at(doing: Doing, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::new(doing, path, source)
    }

    /// Names two paths, for `map_err`.
    pub fn between(doing: Doing, from: &Path, to: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| {
            let mut error = Self::new(doing, from, source);
            error.0.to = Some(to.into());
            error
        }
    }

    /// Names the file that people know, instead of one that stands for it.
    #[must_use]
    pub fn about(mut self, doing: Doing, path: &Path) -> Self {
        self.0.doing = doing;
        self.0.path = path.into();
        self.0.to = None;
        self
    }

    /// Returns what was attempted, as it reads after "could not".
    pub fn attempt(&self) -> String {
        let doing = match self.0.doing {
            Doing::Look => "look at",
            Doing::Read => "read",
            Doing::Resolve => "find",
            Doing::List => "list",
            Doing::CreateDir => "create the directory",
            Doing::Write => "write",
            Doing::Append => "append to",
            Doing::Cut => "shorten",
            Doing::SetMode => "set the mode of",
            Doing::Sync => return format!("flush {} to the disk", self.0.path.display()),
            Doing::Move => "move",
            Doing::Exchange => "exchange",
            Doing::Remove => "remove",
        };
        let path = self.0.path.display();
        match (&self.0.to, self.0.doing) {
            (None, _) => format!("{doing} {path}"),
            (Some(to), Doing::Exchange) => format!("{doing} {path} with {}", to.display()),
            (Some(to), _) => format!("{doing} {path} to {}", to.display()),
        }
    }

    pub fn kind(&self) -> io::ErrorKind {
        self.0.source.kind()
    }

    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether the same may work a moment later: the device or the system failed,
    /// and nothing is known of what stands there.
    pub fn may_pass(&self) -> bool {
        const PASSING: [Errno; 6] = [
            Errno::IO,
            Errno::MFILE,
            Errno::NFILE,
            Errno::NOMEM,
            Errno::STALE,
            Errno::TIMEDOUT,
        ];
        let raw = self.0.source.raw_os_error();
        PASSING
            .iter()
            .any(|errno| Some(errno.raw_os_error()) == raw)
    }

    /// Returns what the system said.
    pub fn cause(&self) -> &io::Error {
        &self.0.source
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.attempt(), self.0.source)
    }
}

impl fmt::Debug for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text says all of it, so that nothing is lost where it alone is kept.
impl std::error::Error for DiskError {}

/// For traits of reading and writing, which have no other error: the kind stays,
/// and so do the path and what was attempted.
impl From<DiskError> for io::Error {
    fn from(error: DiskError) -> Self {
        Self::new(error.kind(), error)
    }
}
