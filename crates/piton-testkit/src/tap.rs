//! A disk with somebody listening to its calls.

use std::fmt::{self, Debug};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use piton_durable::{Appender, Disk, DiskError, DiskRead, DiskResult, Doing, Entry, Stat};

use crate::ops::{Op, Verb};

type Hook = Arc<dyn Fn(&Op) -> io::Result<()> + Send + Sync>;
type Look = Arc<dyn Fn(&Path) -> io::Result<()> + Send + Sync>;

/// Calls a hook before every write, or before every read; an error of the hook
/// takes its place.
#[derive(Clone)]
pub struct TapDisk<D> {
    disk: D,
    hook: Hook,
    look: Look,
}

impl<D> TapDisk<D> {
    pub fn new(disk: D, hook: impl Fn(&Op) -> io::Result<()> + Send + Sync + 'static) -> Self {
        TapDisk {
            disk,
            hook: Arc::new(hook),
            look: Arc::new(|_| Ok(())),
        }
    }

    /// Listens to what is read: files, lists, and looks at what is there.
    pub fn looking(
        disk: D,
        look: impl Fn(&Path) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        TapDisk {
            disk,
            hook: Arc::new(|_| Ok(())),
            look: Arc::new(look),
        }
    }
}

/// The error of a device that does not answer.
pub fn input_output() -> io::Error {
    const EIO: i32 = 5;
    io::Error::from_raw_os_error(EIO)
}

/// The writes that a [`recording`] disk saw.
#[derive(Clone, Debug, Default)]
pub struct Recorded(Arc<Mutex<Vec<Op>>>);

impl Recorded {
    pub fn ops(&self) -> Vec<Op> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Wraps a disk so that every write to it is written down.
pub fn recording<D>(disk: D) -> (TapDisk<D>, Recorded) {
    let recorded = Recorded::default();
    let log = recorded.clone();
    let tap = TapDisk::new(disk, move |op| {
        log.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(op.clone());
        Ok(())
    });
    (tap, recorded)
}

impl<D: Debug> Debug for TapDisk<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapDisk")
            .field("disk", &self.disk)
            .finish_non_exhaustive()
    }
}

impl<D: DiskRead> DiskRead for TapDisk<D> {
    fn stat(&self, path: &Path) -> DiskResult<Option<Stat>> {
        (self.look)(path).map_err(DiskError::at(Doing::Look, path))?;
        self.disk.stat(path)
    }

    fn read(&self, path: &Path) -> DiskResult<Vec<u8>> {
        (self.look)(path).map_err(DiskError::at(Doing::Read, path))?;
        self.disk.read(path)
    }

    fn read_at_most(&self, path: &Path, limit: u64) -> DiskResult<Vec<u8>> {
        (self.look)(path).map_err(DiskError::at(Doing::Read, path))?;
        self.disk.read_at_most(path, limit)
    }

    fn read_link(&self, path: &Path) -> DiskResult<PathBuf> {
        (self.look)(path).map_err(DiskError::at(Doing::Read, path))?;
        self.disk.read_link(path)
    }

    fn resolve(&self, path: &Path) -> DiskResult<PathBuf> {
        (self.look)(path).map_err(DiskError::at(Doing::Resolve, path))?;
        self.disk.resolve(path)
    }

    fn list(&self, dir: &Path) -> DiskResult<Vec<Entry>> {
        (self.look)(dir).map_err(DiskError::at(Doing::List, dir))?;
        self.disk.list(dir)
    }
}

impl<D: Disk> Disk for TapDisk<D> {
    fn create_dir(&self, path: &Path) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::CreateDir, path))
            .map_err(DiskError::at(Doing::CreateDir, path))?;
        self.disk.create_dir(path)
    }

    fn write_new(&self, path: &Path, bytes: &[u8], mode: u32) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::WriteNew, path)).map_err(DiskError::at(Doing::Write, path))?;
        self.disk.write_new(path, bytes, mode)
    }

    fn append(&self, path: &Path, mode: u32) -> DiskResult<Box<dyn Appender>> {
        (self.hook)(&Op::one(Verb::OpenAppend, path))
            .map_err(DiskError::at(Doing::Append, path))?;
        Ok(Box::new(TapAppender {
            file: self.disk.append(path, mode)?,
            path: path.into(),
            hook: Arc::clone(&self.hook),
        }))
    }

    fn truncate(&self, path: &Path, len: u64) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::Truncate, path)).map_err(DiskError::at(Doing::Cut, path))?;
        self.disk.truncate(path, len)
    }

    fn set_mode(&self, path: &Path, mode: u32) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::SetMode, path)).map_err(DiskError::at(Doing::SetMode, path))?;
        self.disk.set_mode(path, mode)
    }

    fn sync_file(&self, path: &Path) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::SyncFile, path)).map_err(DiskError::at(Doing::Sync, path))?;
        self.disk.sync_file(path)
    }

    fn sync_dir(&self, path: &Path) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::SyncDir, path)).map_err(DiskError::at(Doing::Sync, path))?;
        self.disk.sync_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> DiskResult<()> {
        (self.hook)(&Op::two(Verb::Rename, from, to)).map_err(DiskError::between(
            Doing::Move,
            from,
            to,
        ))?;
        self.disk.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> DiskResult<()> {
        (self.hook)(&Op::two(Verb::RenameNew, from, to)).map_err(DiskError::between(
            Doing::Move,
            from,
            to,
        ))?;
        self.disk.rename_new(from, to)
    }

    fn exchange(&self, a: &Path, b: &Path) -> DiskResult<()> {
        (self.hook)(&Op::two(Verb::Exchange, a, b)).map_err(DiskError::between(
            Doing::Exchange,
            a,
            b,
        ))?;
        self.disk.exchange(a, b)
    }

    fn remove_file(&self, path: &Path) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::RemoveFile, path))
            .map_err(DiskError::at(Doing::Remove, path))?;
        self.disk.remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::RemoveDir, path)).map_err(DiskError::at(Doing::Remove, path))?;
        self.disk.remove_dir(path)
    }
}

struct TapAppender {
    file: Box<dyn Appender>,
    path: PathBuf,
    hook: Hook,
}

impl Debug for TapAppender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapAppender")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl Appender for TapAppender {
    fn append(&mut self, bytes: &[u8]) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::Append, &self.path))
            .map_err(DiskError::at(Doing::Append, &self.path))?;
        self.file.append(bytes)
    }

    fn sync(&mut self) -> DiskResult<()> {
        (self.hook)(&Op::one(Verb::SyncFile, &self.path))
            .map_err(DiskError::at(Doing::Sync, &self.path))?;
        self.file.sync()
    }
}
