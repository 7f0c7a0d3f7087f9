//! What the simulated disk holds while it runs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Component, Path};
use std::time::SystemTime;

use super::names::{Names, Slot};
use super::nodes::{Content, Entries, Ino, Inode};
use crate::ops::Op;

pub(super) const ROOT: Ino = 1;

#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) inodes: BTreeMap<Ino, Inode>,
    pub(super) names: Names,
    pub(super) next: Ino,
    pub(super) ops: usize,
    pub(super) log: Vec<Op>,
    pub(super) crash_before: Option<usize>,
    pub(super) crashed: bool,
    pub(super) failures: BTreeMap<usize, io::ErrorKind>,
    pub(super) exchange: bool,
    pub(super) now: SystemTime,
}

impl State {
    pub(super) fn rebooted(inodes: BTreeMap<Ino, Inode>, next: Ino, like: &State) -> Self {
        let mut state = State {
            inodes,
            names: Names::default(),
            next,
            ops: 0,
            log: Vec::new(),
            crash_before: None,
            crashed: false,
            failures: BTreeMap::new(),
            exchange: like.exchange,
            now: like.now,
        };
        state.settle();
        state
    }

    /// Counts an operation, and lets it fail when its time has come.
    pub(super) fn step(&mut self, op: Op) -> io::Result<()> {
        if self.crashed {
            return Err(io::Error::other("the power is off"));
        }
        self.ops += 1;
        if self.crash_before == Some(self.ops) {
            self.crashed = true;
            return Err(io::Error::other("the power went off"));
        }
        self.log.push(op);
        match self.failures.remove(&self.ops) {
            Some(kind) => Err(kind.into()),
            None => Ok(()),
        }
    }

    pub(super) fn alive(&self) -> io::Result<()> {
        if self.crashed {
            return Err(io::Error::other("the power is off"));
        }
        Ok(())
    }

    /// Declares everything safe.
    pub(super) fn settle(&mut self) {
        self.names.waiting.clear();
        self.names.safe.clear();
        for (ino, inode) in &mut self.inodes {
            match inode {
                Inode::File { now, safe } => *safe = now.clone(),
                Inode::Dir {
                    entries,
                    mode,
                    safe_mode,
                    ..
                } => {
                    *safe_mode = *mode;
                    self.names.safe.insert(*ino, entries.clone());
                }
                Inode::Symlink { .. } | Inode::Other => {}
            }
        }
    }

    pub(super) fn add(&mut self, inode: Inode) -> Ino {
        let ino = self.next;
        self.next += 1;
        self.inodes.insert(ino, inode);
        ino
    }

    pub(super) fn make_dirs(&mut self, path: &Path) -> Ino {
        let mut at = ROOT;
        for name in parts(path).expect("an absolute path") {
            let known = self.entries(at).expect("a directory").get(&name).copied();
            at = known.unwrap_or_else(|| {
                let device = self.device(at);
                let ino = self.add(empty_dir(device));
                self.entries_mut(at).expect("a directory").insert(name, ino);
                ino
            });
        }
        at
    }

    pub(super) fn device(&self, dir: Ino) -> u64 {
        match self.inodes.get(&dir) {
            Some(Inode::Dir { device, .. }) => *device,
            _ => 1,
        }
    }

    pub(super) fn entries(&self, ino: Ino) -> io::Result<&Entries> {
        match self.inodes.get(&ino) {
            Some(Inode::Dir { entries, .. }) => Ok(entries),
            Some(_) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn entries_mut(&mut self, ino: Ino) -> io::Result<&mut Entries> {
        match self.inodes.get_mut(&ino) {
            Some(Inode::Dir { entries, .. }) => Ok(entries),
            Some(_) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn find(&self, path: &Path) -> io::Result<Ino> {
        let mut at = ROOT;
        for name in parts(path)? {
            at = *self
                .entries(at)?
                .get(&name)
                .ok_or(io::ErrorKind::NotFound)?;
        }
        Ok(at)
    }

    /// Finds the directory that holds the last part of a path.
    pub(super) fn parent(&self, path: &Path) -> io::Result<(Ino, OsString)> {
        let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let dir = self.find(parent)?;
        self.entries(dir)?;
        Ok((dir, name.to_owned()))
    }

    pub(super) fn link(&mut self, slots: Vec<Slot>) -> io::Result<()> {
        for slot in &slots {
            let entries = self.entries_mut(slot.dir)?;
            match slot.becomes {
                Some(ino) => entries.insert(slot.name.clone(), ino),
                None => entries.remove(&slot.name),
            };
        }
        self.names.change(slots);
        Ok(())
    }

    pub(super) fn create(&mut self, path: &Path, inode: Inode) -> io::Result<Ino> {
        let (dir, name) = self.parent(path)?;
        if self.entries(dir)?.contains_key(&name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if matches!(inode, Inode::Dir { .. }) {
            self.names.safe.insert(self.next, Entries::new());
        }
        let ino = self.add(inode);
        self.link(vec![Slot::new(dir, name, Some(ino))])?;
        Ok(ino)
    }

    pub(super) fn file_mut(&mut self, ino: Ino) -> io::Result<(&mut Content, &mut Content)> {
        match self.inodes.get_mut(&ino) {
            Some(Inode::File { now, safe }) => Ok((now, safe)),
            Some(_) => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            )),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn same_device(&self, from: Ino, to: Ino, moved: Ino) -> io::Result<()> {
        let crosses = self.device(from) != self.device(to);
        let mounted = matches!(self.inodes.get(&moved), Some(Inode::Dir { device, .. })
            if *device != self.device(from));
        if crosses || mounted {
            return Err(io::ErrorKind::CrossesDevices.into());
        }
        Ok(())
    }

    pub(super) fn move_name(&mut self, from: &Path, to: &Path, replace: bool) -> io::Result<()> {
        let (from_dir, from_name) = self.parent(from)?;
        let (to_dir, to_name) = self.parent(to)?;
        let moved = *self
            .entries(from_dir)?
            .get(&from_name)
            .ok_or(io::ErrorKind::NotFound)?;
        self.same_device(from_dir, to_dir, moved)?;
        if to.starts_with(from) && to != from {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let moved_is_dir = matches!(self.inodes[&moved], Inode::Dir { .. });
        if let Some(there) = self.entries(to_dir)?.get(&to_name) {
            if !replace {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            match &self.inodes[there] {
                Inode::Dir { .. } if !moved_is_dir => {
                    return Err(io::ErrorKind::IsADirectory.into());
                }
                Inode::Dir { entries, .. } if !entries.is_empty() => {
                    return Err(io::ErrorKind::DirectoryNotEmpty.into());
                }
                Inode::Dir { .. } => {}
                _ if moved_is_dir => return Err(io::ErrorKind::NotADirectory.into()),
                _ => {}
            }
        }
        self.link(vec![
            Slot::new(from_dir, from_name, None),
            Slot::new(to_dir, to_name, Some(moved)),
        ])
    }

    pub(super) fn sync_inode(&mut self, ino: Ino) -> io::Result<()> {
        match self.inodes.get_mut(&ino) {
            Some(Inode::File { now, safe }) => *safe = now.clone(),
            Some(Inode::Dir {
                mode, safe_mode, ..
            }) => {
                *safe_mode = *mode;
                self.names.sync(ino);
            }
            _ => return Err(io::ErrorKind::InvalidInput.into()),
        }
        Ok(())
    }
}

pub(super) fn empty_dir(device: u64) -> Inode {
    Inode::Dir {
        entries: Entries::new(),
        mode: 0o755,
        safe_mode: 0o755,
        device,
    }
}

fn parts(path: &Path) -> io::Result<Vec<OsString>> {
    let mut parts = Vec::new();
    for component in path.components() {
        match component {
            Component::RootDir | Component::CurDir => {}
            Component::Normal(name) => parts.push(name.to_owned()),
            Component::ParentDir | Component::Prefix(_) => {
                return Err(io::ErrorKind::InvalidInput.into());
            }
        }
    }
    Ok(parts)
}
