//! The simulated disk as the programs under test call it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use piton_durable::{Appender, Disk, DiskError, DiskRead, DiskResult, Doing, Entry, Kind, Stat};

use super::disk::SimDisk;
use super::names::Slot;
use super::nodes::{Content, Ino, Inode};
use super::state::empty_dir;
use crate::ops::{Op, Verb};

impl DiskRead for SimDisk {
    fn stat(&self, path: &Path) -> DiskResult<Option<Stat>> {
        self.stat_raw(path)
            .map_err(DiskError::at(Doing::Look, path))
    }

    fn read(&self, path: &Path) -> DiskResult<Vec<u8>> {
        self.read_raw(path)
            .map_err(DiskError::at(Doing::Read, path))
    }

    fn resolve(&self, path: &Path) -> DiskResult<PathBuf> {
        self.resolve_raw(path)
            .map_err(DiskError::at(Doing::Resolve, path))
    }

    fn list(&self, dir: &Path) -> DiskResult<Vec<Entry>> {
        self.list_raw(dir).map_err(DiskError::at(Doing::List, dir))
    }
}

impl Disk for SimDisk {
    fn create_dir(&self, path: &Path) -> DiskResult<()> {
        self.create_dir_raw(path)
            .map_err(DiskError::at(Doing::CreateDir, path))
    }

    fn write_new(&self, path: &Path, bytes: &[u8], mode: u32) -> DiskResult<()> {
        self.write_new_raw(path, bytes, mode)
            .map_err(DiskError::at(Doing::Write, path))
    }

    fn append(&self, path: &Path, mode: u32) -> DiskResult<Box<dyn Appender>> {
        self.append_raw(path, mode)
            .map_err(DiskError::at(Doing::Append, path))
    }

    fn truncate(&self, path: &Path, len: u64) -> DiskResult<()> {
        self.truncate_raw(path, len)
            .map_err(DiskError::at(Doing::Cut, path))
    }

    fn set_mode(&self, path: &Path, mode: u32) -> DiskResult<()> {
        self.set_mode_raw(path, mode)
            .map_err(DiskError::at(Doing::SetMode, path))
    }

    fn sync_file(&self, path: &Path) -> DiskResult<()> {
        self.sync_file_raw(path)
            .map_err(DiskError::at(Doing::Sync, path))
    }

    fn sync_dir(&self, path: &Path) -> DiskResult<()> {
        self.sync_dir_raw(path)
            .map_err(DiskError::at(Doing::Sync, path))
    }

    fn rename(&self, from: &Path, to: &Path) -> DiskResult<()> {
        self.rename_raw(from, to)
            .map_err(DiskError::between(Doing::Move, from, to))
    }

    fn rename_new(&self, from: &Path, to: &Path) -> DiskResult<()> {
        self.rename_new_raw(from, to)
            .map_err(DiskError::between(Doing::Move, from, to))
    }

    fn exchange(&self, a: &Path, b: &Path) -> DiskResult<()> {
        self.exchange_raw(a, b)
            .map_err(DiskError::between(Doing::Exchange, a, b))
    }

    fn remove_file(&self, path: &Path) -> DiskResult<()> {
        self.remove_file_raw(path)
            .map_err(DiskError::at(Doing::Remove, path))
    }

    fn remove_dir(&self, path: &Path) -> DiskResult<()> {
        self.remove_dir_raw(path)
            .map_err(DiskError::at(Doing::Remove, path))
    }
}

/// The calls as the system answers them: without a path.
impl SimDisk {
    fn stat_raw(&self, path: &Path) -> io::Result<Option<Stat>> {
        let state = self.state();
        state.alive()?;
        let ino = match state.find(path) {
            Ok(ino) => ino,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let (mode, len) = match &state.inodes[&ino] {
            Inode::File { now, .. } => (now.mode, now.bytes.len() as u64),
            Inode::Dir { mode, .. } => (*mode, 0),
            Inode::Symlink { .. } => (0o777, 0),
            Inode::Other => (0o644, 0),
        };
        let device = match &state.inodes[&ino] {
            Inode::Dir { device, .. } => *device,
            _ => state.parent(path).map_or(1, |(dir, _)| state.device(dir)),
        };
        Ok(Some(Stat {
            kind: kind(&state.inodes[&ino]),
            mode,
            len,
            modified: Some(state.now),
            device,
        }))
    }

    fn read_raw(&self, path: &Path) -> io::Result<Vec<u8>> {
        let state = self.state();
        state.alive()?;
        match &state.inodes[&state.find(path)?] {
            Inode::File { now, .. } => Ok(now.bytes.to_vec()),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            )),
        }
    }

    /// Links are not followed: what goes through one is not found.
    fn resolve_raw(&self, path: &Path) -> io::Result<PathBuf> {
        self.state().find(path)?;
        Ok(path.to_owned())
    }

    fn list_raw(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let state = self.state();
        state.alive()?;
        let ino = state.find(dir)?;
        if let Inode::Symlink { target } = &state.inodes[&ino] {
            // Enough of following links to tell a dangling one from the rest.
            state.find(Path::new(target))?;
        }
        Ok(state
            .entries(ino)?
            .iter()
            .map(|(name, child)| Entry {
                name: name.clone(),
                kind: kind(&state.inodes[child]),
            })
            .collect())
    }

    fn create_dir_raw(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::CreateDir, path))?;
        let device = state.parent(path).map_or(1, |(dir, _)| state.device(dir));
        state.create(path, empty_dir(device)).map(drop)
    }

    fn write_new_raw(&self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
        let mut state = self.state();
        let outcome = state.step(Op::one(Verb::WriteNew, path));
        let written = match &outcome {
            Ok(()) => bytes,
            // A full disk is noticed in the middle, when the file is there.
            Err(error) if error.kind() == io::ErrorKind::StorageFull => &bytes[..bytes.len() / 2],
            Err(_) => return outcome,
        };
        let now = Content {
            bytes: Arc::new(written.to_vec()),
            mode,
        };
        let safe = Content {
            bytes: Arc::default(),
            mode,
        };
        state.create(path, Inode::File { now, safe })?;
        outcome
    }

    fn append_raw(&self, path: &Path, mode: u32) -> io::Result<Box<dyn Appender>> {
        let mut state = self.state();
        state.step(Op::one(Verb::OpenAppend, path))?;
        let ino = match state.find(path) {
            Ok(ino) => ino,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let empty = Content {
                    bytes: Arc::default(),
                    mode,
                };
                state.create(
                    path,
                    Inode::File {
                        now: empty.clone(),
                        safe: empty,
                    },
                )?
            }
            Err(error) => return Err(error),
        };
        state.file_mut(ino)?;
        drop(state);
        Ok(Box::new(SimAppender {
            disk: self.clone(),
            ino,
            path: path.into(),
        }))
    }

    fn truncate_raw(&self, path: &Path, len: u64) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::Truncate, path))?;
        let ino = state.find(path)?;
        let (now, _) = state.file_mut(ino)?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        Arc::make_mut(&mut now.bytes).resize(len, 0);
        Ok(())
    }

    fn set_mode_raw(&self, path: &Path, to: u32) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::SetMode, path))?;
        let ino = state.find(path)?;
        match state.inodes.get_mut(&ino) {
            Some(Inode::File { now, .. }) => now.mode = to,
            Some(Inode::Dir { mode, .. }) => *mode = to,
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        }
        Ok(())
    }

    fn sync_file_raw(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::SyncFile, path))?;
        let ino = state.find(path)?;
        state.sync_inode(ino)
    }

    fn sync_dir_raw(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::SyncDir, path))?;
        let ino = state.find(path)?;
        state.entries(ino)?;
        state.sync_inode(ino)
    }

    fn rename_raw(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::two(Verb::Rename, from, to))?;
        state.move_name(from, to, true)
    }

    fn rename_new_raw(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::two(Verb::RenameNew, from, to))?;
        if !state.exchange {
            return Err(io::ErrorKind::Unsupported.into());
        }
        state.move_name(from, to, false)
    }

    fn exchange_raw(&self, a: &Path, b: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::two(Verb::Exchange, a, b))?;
        if !state.exchange {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let (a_dir, a_name) = state.parent(a)?;
        let (b_dir, b_name) = state.parent(b)?;
        let was_a = state.find(a)?;
        let was_b = state.find(b)?;
        state.same_device(a_dir, b_dir, was_a)?;
        state.same_device(b_dir, a_dir, was_b)?;
        if a.starts_with(b) || b.starts_with(a) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        state.link(vec![
            Slot::new(a_dir, a_name, Some(was_b)),
            Slot::new(b_dir, b_name, Some(was_a)),
        ])
    }

    fn remove_file_raw(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::RemoveFile, path))?;
        let (dir, name) = state.parent(path)?;
        let ino = state.find(path)?;
        if state.entries(ino).is_ok() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        state.link(vec![Slot::new(dir, name, None)])
    }

    fn remove_dir_raw(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::RemoveDir, path))?;
        let (dir, name) = state.parent(path)?;
        let ino = state.find(path)?;
        if !state.entries(ino)?.is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        state.link(vec![Slot::new(dir, name, None)])
    }
}

#[derive(Debug)]
struct SimAppender {
    disk: SimDisk,
    ino: Ino,
    path: PathBuf,
}

impl Appender for SimAppender {
    fn append(&mut self, bytes: &[u8]) -> DiskResult<()> {
        self.append_raw(bytes)
            .map_err(DiskError::at(Doing::Append, &self.path))
    }

    fn sync(&mut self) -> DiskResult<()> {
        self.sync_raw()
            .map_err(DiskError::at(Doing::Sync, &self.path))
    }
}

impl SimAppender {
    fn append_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.disk.state();
        let outcome = state.step(Op::one(Verb::Append, &self.path));
        let written = match &outcome {
            Ok(()) => bytes,
            Err(error) if error.kind() == io::ErrorKind::StorageFull => &bytes[..bytes.len() / 2],
            Err(_) => return outcome,
        };
        let (now, _) = state.file_mut(self.ino)?;
        Arc::make_mut(&mut now.bytes).extend_from_slice(written);
        outcome
    }

    fn sync_raw(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.step(Op::one(Verb::SyncFile, &self.path))?;
        state.sync_inode(self.ino)
    }
}

fn kind(inode: &Inode) -> Kind {
    match inode {
        Inode::File { .. } => Kind::File,
        Inode::Dir { .. } => Kind::Dir,
        Inode::Symlink { .. } => Kind::Symlink,
        Inode::Other => Kind::Other,
    }
}
