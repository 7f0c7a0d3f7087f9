//! The simulated disk as a running program sees it.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use piton_durable::{Appender, Disk, DiskRead, Entry, Kind, Stat};

use super::names::{Names, Slot};
use super::nodes::{Content, Entries, Ino, Inode};
use crate::ops::{Op, Verb};

pub(super) const ROOT: Ino = 1;

/// A disk in memory. Clones are handles to the same disk; [`SimDisk::fork`]
/// makes another one.
#[derive(Clone, Debug)]
pub struct SimDisk(pub(super) Arc<Mutex<State>>);

#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) inodes: BTreeMap<Ino, Inode>,
    pub(super) names: Names,
    pub(super) next: Ino,
    ops: usize,
    log: Vec<Op>,
    crash_before: Option<usize>,
    crashed: bool,
    failures: BTreeMap<usize, io::ErrorKind>,
    exchange: bool,
    now: SystemTime,
}

/// One thing on the disk, for comparing what tests expect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    File { bytes: Vec<u8>, mode: u32 },
    Dir { mode: u32 },
    Symlink,
    Other,
}

impl Default for SimDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl SimDisk {
    pub fn new() -> Self {
        let root = Inode::Dir {
            entries: Entries::new(),
            mode: 0o755,
            safe_mode: 0o755,
            device: 1,
        };
        let mut names = Names::default();
        names.safe.insert(ROOT, Entries::new());
        SimDisk(Arc::new(Mutex::new(State {
            inodes: BTreeMap::from([(ROOT, root)]),
            names,
            next: ROOT + 1,
            ops: 0,
            log: Vec::new(),
            crash_before: None,
            crashed: false,
            failures: BTreeMap::new(),
            exchange: true,
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000),
        })))
    }

    /// Makes another disk with the same content.
    #[must_use]
    pub fn fork(&self) -> Self {
        SimDisk(Arc::new(Mutex::new(self.state().clone())))
    }

    /// Puts files there, durably, with the directories above them.
    pub fn put(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        self.put_mode(path, bytes, 0o644);
    }

    pub fn put_mode(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>, mode: u32) {
        let content = Content {
            bytes: Arc::new(bytes.as_ref().to_vec()),
            mode,
        };
        self.place(
            path.as_ref(),
            Inode::File {
                now: content.clone(),
                safe: content,
            },
        );
    }

    /// Puts an empty directory there, durably.
    pub fn put_dir(&self, path: impl AsRef<Path>) {
        let mut state = self.state();
        state.make_dirs(path.as_ref());
        state.settle();
    }

    pub fn put_symlink(&self, path: impl AsRef<Path>, target: impl AsRef<OsStr>) {
        self.place(
            path.as_ref(),
            Inode::Symlink {
                target: target.as_ref().to_owned(),
            },
        );
    }

    pub fn put_pipe(&self, path: impl AsRef<Path>) {
        self.place(path.as_ref(), Inode::Other);
    }

    /// Puts an existing directory on another file system.
    pub fn mount(&self, path: impl AsRef<Path>, device: u64) {
        let mut state = self.state();
        let ino = state.make_dirs(path.as_ref());
        if let Some(Inode::Dir { device: at, .. }) = state.inodes.get_mut(&ino) {
            *at = device;
        }
        state.settle();
    }

    /// Takes away the call that exchanges two things.
    #[must_use]
    pub fn without_exchange(self) -> Self {
        self.state().exchange = false;
        self
    }

    /// Sets the time of every file that is asked for its time.
    pub fn set_now(&self, now: SystemTime) {
        self.state().now = now;
    }

    /// Pulls the plug right before the `n`-th write from now, counted from one.
    pub fn crash_before(&self, n: usize) {
        let mut state = self.state();
        state.crash_before = Some(state.ops + n);
    }

    /// Lets the `n`-th write from now fail once with this error.
    pub fn fail_at(&self, n: usize, kind: io::ErrorKind) {
        let mut state = self.state();
        let at = state.ops + n;
        state.failures.insert(at, kind);
    }

    /// Lets every write from the `n`-th on fail with this error.
    pub fn fail_from(&self, n: usize, kind: io::ErrorKind) {
        for at in n..n + 10_000 {
            self.fail_at(at, kind);
        }
    }

    /// Takes back all planned crashes and failures.
    pub fn calm(&self) {
        let mut state = self.state();
        state.failures.clear();
        state.crash_before = None;
    }

    pub fn crashed(&self) -> bool {
        self.state().crashed
    }

    /// Returns how many writes there were.
    pub fn ops(&self) -> usize {
        self.state().ops
    }

    pub fn log(&self) -> Vec<Op> {
        self.state().log.clone()
    }

    /// Returns everything below `root`, by path relative to it.
    pub fn snapshot(&self, root: impl AsRef<Path>) -> BTreeMap<PathBuf, Leaf> {
        let state = self.state();
        let mut found = BTreeMap::new();
        let Ok(start) = state.find(root.as_ref()) else {
            return found;
        };
        let mut waiting = VecDeque::from([(PathBuf::new(), start)]);
        while let Some((path, ino)) = waiting.pop_front() {
            let leaf = match &state.inodes[&ino] {
                Inode::File { now, .. } => Leaf::File {
                    bytes: now.bytes.to_vec(),
                    mode: now.mode,
                },
                Inode::Dir { entries, mode, .. } => {
                    for (name, child) in entries {
                        waiting.push_back((path.join(name), *child));
                    }
                    Leaf::Dir { mode: *mode }
                }
                Inode::Symlink { .. } => Leaf::Symlink,
                Inode::Other => Leaf::Other,
            };
            found.insert(path, leaf);
        }
        found
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, path: &Path, inode: Inode) {
        let mut state = self.state();
        let parent = state.make_dirs(path.parent().expect("a path below the root"));
        let ino = state.add(inode);
        let name = path.file_name().expect("a path with a name").to_owned();
        state
            .entries_mut(parent)
            .expect("a directory")
            .insert(name, ino);
        state.settle();
    }
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
    fn step(&mut self, op: Op) -> io::Result<()> {
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

    fn alive(&self) -> io::Result<()> {
        if self.crashed {
            return Err(io::Error::other("the power is off"));
        }
        Ok(())
    }

    /// Declares everything safe.
    fn settle(&mut self) {
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

    fn add(&mut self, inode: Inode) -> Ino {
        let ino = self.next;
        self.next += 1;
        self.inodes.insert(ino, inode);
        ino
    }

    fn make_dirs(&mut self, path: &Path) -> Ino {
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

    fn device(&self, dir: Ino) -> u64 {
        match self.inodes.get(&dir) {
            Some(Inode::Dir { device, .. }) => *device,
            _ => 1,
        }
    }

    fn entries(&self, ino: Ino) -> io::Result<&Entries> {
        match self.inodes.get(&ino) {
            Some(Inode::Dir { entries, .. }) => Ok(entries),
            Some(_) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn entries_mut(&mut self, ino: Ino) -> io::Result<&mut Entries> {
        match self.inodes.get_mut(&ino) {
            Some(Inode::Dir { entries, .. }) => Ok(entries),
            Some(_) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn find(&self, path: &Path) -> io::Result<Ino> {
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
    fn parent(&self, path: &Path) -> io::Result<(Ino, OsString)> {
        let parent = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let dir = self.find(parent)?;
        self.entries(dir)?;
        Ok((dir, name.to_owned()))
    }

    fn link(&mut self, slots: Vec<Slot>) -> io::Result<()> {
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

    fn create(&mut self, path: &Path, inode: Inode) -> io::Result<Ino> {
        let (dir, name) = self.parent(path)?;
        if self.entries(dir)?.contains_key(&name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        if matches!(inode, Inode::Dir { .. }) {
            self.names.safe.insert(self.next, Entries::new());
        }
        let ino = self.add(inode);
        self.link(vec![Slot {
            dir,
            name,
            becomes: Some(ino),
        }])?;
        Ok(ino)
    }

    fn file_mut(&mut self, ino: Ino) -> io::Result<(&mut Content, &mut Content)> {
        match self.inodes.get_mut(&ino) {
            Some(Inode::File { now, safe }) => Ok((now, safe)),
            Some(_) => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            )),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn same_device(&self, from: Ino, to: Ino, moved: Ino) -> io::Result<()> {
        let crosses = self.device(from) != self.device(to);
        let mounted = matches!(self.inodes.get(&moved), Some(Inode::Dir { device, .. })
            if *device != self.device(from));
        if crosses || mounted {
            return Err(io::ErrorKind::CrossesDevices.into());
        }
        Ok(())
    }

    fn move_name(&mut self, from: &Path, to: &Path, replace: bool) -> io::Result<()> {
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
            Slot {
                dir: from_dir,
                name: from_name,
                becomes: None,
            },
            Slot {
                dir: to_dir,
                name: to_name,
                becomes: Some(moved),
            },
        ])
    }

    fn sync_inode(&mut self, ino: Ino) -> io::Result<()> {
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

impl DiskRead for SimDisk {
    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
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

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
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
    fn resolve(&self, path: &Path) -> io::Result<PathBuf> {
        self.state().find(path)?;
        Ok(path.to_owned())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<Entry>> {
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
}

impl Disk for SimDisk {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::CreateDir, path))?;
        let device = state.parent(path).map_or(1, |(dir, _)| state.device(dir));
        state.create(path, empty_dir(device)).map(drop)
    }

    fn write_new(&self, path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
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

    fn append(&self, path: &Path, mode: u32) -> io::Result<Box<dyn Appender>> {
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

    fn truncate(&self, path: &Path, len: u64) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::Truncate, path))?;
        let ino = state.find(path)?;
        let (now, _) = state.file_mut(ino)?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        Arc::make_mut(&mut now.bytes).resize(len, 0);
        Ok(())
    }

    fn set_mode(&self, path: &Path, to: u32) -> io::Result<()> {
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

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::SyncFile, path))?;
        let ino = state.find(path)?;
        state.sync_inode(ino)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::SyncDir, path))?;
        let ino = state.find(path)?;
        state.entries(ino)?;
        state.sync_inode(ino)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::two(Verb::Rename, from, to))?;
        state.move_name(from, to, true)
    }

    fn rename_new(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::two(Verb::RenameNew, from, to))?;
        if !state.exchange {
            return Err(io::ErrorKind::Unsupported.into());
        }
        state.move_name(from, to, false)
    }

    fn exchange(&self, a: &Path, b: &Path) -> io::Result<()> {
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
            Slot {
                dir: a_dir,
                name: a_name,
                becomes: Some(was_b),
            },
            Slot {
                dir: b_dir,
                name: b_name,
                becomes: Some(was_a),
            },
        ])
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::RemoveFile, path))?;
        let (dir, name) = state.parent(path)?;
        let ino = state.find(path)?;
        if state.entries(ino).is_ok() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        state.link(vec![Slot {
            dir,
            name,
            becomes: None,
        }])
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.step(Op::one(Verb::RemoveDir, path))?;
        let (dir, name) = state.parent(path)?;
        let ino = state.find(path)?;
        if !state.entries(ino)?.is_empty() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        state.link(vec![Slot {
            dir,
            name,
            becomes: None,
        }])
    }
}

#[derive(Debug)]
struct SimAppender {
    disk: SimDisk,
    ino: Ino,
    path: PathBuf,
}

impl Appender for SimAppender {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
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

    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.step(Op::one(Verb::SyncFile, &self.path))?;
        state.sync_inode(self.ino)
    }
}

fn empty_dir(device: u64) -> Inode {
    Inode::Dir {
        entries: Entries::new(),
        mode: 0o755,
        safe_mode: 0o755,
        device,
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
