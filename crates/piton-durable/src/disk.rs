//! The file system as piton sees it: a reading half and a writing half.

use std::ffi::OsString;
use std::fmt::Debug;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::refusal::{DiskError, DiskResult, Doing};

/// What stands at a path. Links are never followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    File,
    Dir,
    Symlink,
    /// A device, a socket, a pipe.
    Other,
}

/// What is known about a thing without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub kind: Kind,
    /// The permission bits, mask `0o7777`.
    pub mode: u32,
    /// The size in bytes; only meaningful for files.
    pub len: u64,
    pub modified: Option<SystemTime>,
    /// The mount that leads to the thing: renames do not cross it.
    pub device: u64,
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub name: OsString,
    pub kind: Kind,
}

/// The two ends of a file; of a short one they are the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    pub first: Vec<u8>,
    pub last: Vec<u8>,
}

/// The reading half: nothing here can change anything.
pub trait DiskRead: Debug + Send + Sync {
    /// Returns what stands at `path`, or `None` when nothing does.
    fn stat(&self, path: &Path) -> DiskResult<Option<Stat>>;

    /// Returns the bytes of the regular file at `path`. A link in the last
    /// component is an error, never followed; so is anything but a file, which
    /// keeps a device or a pipe from blocking the reader.
    fn read(&self, path: &Path) -> DiskResult<Vec<u8>>;

    /// Returns where an existing path really is, all links followed.
    fn resolve(&self, path: &Path) -> DiskResult<PathBuf>;

    /// Returns the names in `dir`, sorted.
    fn list(&self, dir: &Path) -> DiskResult<Vec<Entry>>;

    /// The same, and nothing where there is no such directory.
    fn list_if_there(&self, dir: &Path) -> DiskResult<Vec<Entry>> {
        match self.list(dir) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(Vec::new())
            }
            listed => listed,
        }
    }

    /// Returns the bytes of a file, and `None` where nothing is.
    fn read_if_there(&self, path: &Path) -> DiskResult<Option<Vec<u8>>> {
        match self.read(path) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// Returns the bytes of the regular file at `path`, or
    /// [`io::ErrorKind::FileTooLarge`] when it is longer than `limit`. A disk
    /// that knows the size beforehand refuses without reading.
    fn read_at_most(&self, path: &Path, limit: u64) -> DiskResult<Vec<u8>> {
        let bytes = self.read(path)?;
        if bytes.len() as u64 > limit {
            return Err(DiskError::new(
                Doing::Read,
                path,
                io::ErrorKind::FileTooLarge,
            ));
        }
        Ok(bytes)
    }

    /// Returns the first and the last bytes of a file, at most so many of each.
    fn read_ends(&self, path: &Path, most: usize) -> DiskResult<Ends> {
        let bytes = self.read(path)?;
        Ok(Ends {
            first: bytes[..bytes.len().min(most)].to_vec(),
            last: bytes[bytes.len().saturating_sub(most)..].to_vec(),
        })
    }

    /// Returns the text of the link at `path`, which may point anywhere or
    /// nowhere. A disk without links answers [`io::ErrorKind::Unsupported`].
    fn read_link(&self, path: &Path) -> DiskResult<PathBuf> {
        Err(DiskError::new(
            Doing::Read,
            path,
            io::ErrorKind::Unsupported,
        ))
    }
}

/// The writing half. Every method is one operation that a crash may come
/// before or after; none of them is durable until the matching sync returned.
pub trait Disk: DiskRead {
    /// Creates one directory; its parent must exist.
    fn create_dir(&self, path: &Path) -> DiskResult<()>;

    /// Creates a file that must not exist, with these bytes and this mode
    /// whatever the umask says.
    fn write_new(&self, path: &Path, bytes: &[u8], mode: u32) -> DiskResult<()>;

    /// Opens a file for appending, creating it with `mode` where missing.
    fn append(&self, path: &Path, mode: u32) -> DiskResult<Box<dyn Appender>>;

    /// Cuts a file to `len` bytes.
    fn truncate(&self, path: &Path, len: u64) -> DiskResult<()>;

    fn set_mode(&self, path: &Path, mode: u32) -> DiskResult<()>;

    /// Makes the content of one file durable.
    fn sync_file(&self, path: &Path) -> DiskResult<()>;

    /// Makes the names in one directory durable.
    fn sync_dir(&self, path: &Path) -> DiskResult<()>;

    /// Renames, replacing a file (or an empty directory) at `to`.
    fn rename(&self, from: &Path, to: &Path) -> DiskResult<()>;

    /// Renames to a name that must be free, in one step: never replaces, not
    /// even an empty directory. [`io::ErrorKind::AlreadyExists`] where the name
    /// is taken, [`io::ErrorKind::Unsupported`] where there is no such call.
    fn rename_new(&self, from: &Path, to: &Path) -> DiskResult<()>;

    /// Exchanges two existing things in one step.
    /// [`io::ErrorKind::Unsupported`] where the platform has no such call.
    fn exchange(&self, a: &Path, b: &Path) -> DiskResult<()>;

    fn remove_file(&self, path: &Path) -> DiskResult<()>;

    /// Removes one empty directory.
    fn remove_dir(&self, path: &Path) -> DiskResult<()>;

    /// Removes a directory with everything in it, in many steps, where paths in
    /// it are longer than the system takes. A disk without such paths answers
    /// [`io::ErrorKind::Unsupported`].
    fn remove_deep(&self, path: &Path) -> DiskResult<()> {
        Err(DiskError::new(
            Doing::Remove,
            path,
            io::ErrorKind::Unsupported,
        ))
    }
}

/// A file open for appending.
pub trait Appender: Debug + Send {
    fn append(&mut self, bytes: &[u8]) -> DiskResult<()>;
    fn sync(&mut self) -> DiskResult<()>;
}
