//! A disk that has nothing but what every platform has.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{Appender, Disk, DiskError, DiskRead, DiskResult, Doing, Entry, Stat};

/// Hides the special renames of the disk below, so that the portable way of
/// publishing can be chosen, and tested, anywhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlainDisk<D>(pub D);

impl<D: DiskRead> DiskRead for PlainDisk<D> {
    fn stat(&self, path: &Path) -> DiskResult<Option<Stat>> {
        self.0.stat(path)
    }

    fn read(&self, path: &Path) -> DiskResult<Vec<u8>> {
        self.0.read(path)
    }

    fn read_at_most(&self, path: &Path, limit: u64) -> DiskResult<Vec<u8>> {
        self.0.read_at_most(path, limit)
    }

    fn resolve(&self, path: &Path) -> DiskResult<PathBuf> {
        self.0.resolve(path)
    }

    fn list(&self, dir: &Path) -> DiskResult<Vec<Entry>> {
        self.0.list(dir)
    }
}

impl<D: Disk> Disk for PlainDisk<D> {
    fn create_dir(&self, path: &Path) -> DiskResult<()> {
        self.0.create_dir(path)
    }

    fn write_new(&self, path: &Path, bytes: &[u8], mode: u32) -> DiskResult<()> {
        self.0.write_new(path, bytes, mode)
    }

    fn append(&self, path: &Path, mode: u32) -> DiskResult<Box<dyn Appender>> {
        self.0.append(path, mode)
    }

    fn truncate(&self, path: &Path, len: u64) -> DiskResult<()> {
        self.0.truncate(path, len)
    }

    fn set_mode(&self, path: &Path, mode: u32) -> DiskResult<()> {
        self.0.set_mode(path, mode)
    }

    fn sync_file(&self, path: &Path) -> DiskResult<()> {
        self.0.sync_file(path)
    }

    fn sync_dir(&self, path: &Path) -> DiskResult<()> {
        self.0.sync_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> DiskResult<()> {
        self.0.rename(from, to)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> DiskResult<()> {
        Err(unsupported(Doing::Move, from, to))
    }

    fn exchange(&self, a: &Path, b: &Path) -> DiskResult<()> {
        Err(unsupported(Doing::Exchange, a, b))
    }

    fn remove_file(&self, path: &Path) -> DiskResult<()> {
        self.0.remove_file(path)
    }

    fn remove_dir(&self, path: &Path) -> DiskResult<()> {
        self.0.remove_dir(path)
    }
}

fn unsupported(doing: Doing, a: &Path, b: &Path) -> DiskError {
    DiskError::between(doing, a, b)(io::ErrorKind::Unsupported.into())
}
