//! The simulated disk as tests arrange it and look at it.

use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::names::Names;
use super::nodes::{Content, Entries, Inode};
use super::state::{ROOT, State};
use crate::ops::Op;

/// A disk in memory. Clones are handles to the same disk; [`SimDisk::fork`]
/// makes another one.
#[derive(Clone, Debug)]
pub struct SimDisk(pub(super) Arc<Mutex<State>>);

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
