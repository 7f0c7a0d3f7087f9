//! What a piton that was killed outright could not end itself.
//!
//! A piton that is interrupted or told to terminate ends its agents. One that is
//! killed by the hard signal, or crashes with the machine still up, cannot; so
//! every call leaves a note of its marker while it runs, and the next piton ends
//! whatever still carries that marker.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use piton_durable::platform::{Processes, RealProcesses};
use piton_durable::{Disk, Kind, tree};
use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use super::may_be_alive;
use super::tree::Tree;

/// The note of a call under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Marker {
    pub(crate) version: u32,
    pub(crate) token: String,
    /// The piton that runs the call.
    pub(crate) owner: u32,
    /// The boot of the machine and the space of process ids that it is from.
    #[serde(default)]
    pub(crate) boot: Option<String>,
    #[serde(default)]
    pub(crate) namespace: Option<String>,
    /// The call's own temporary directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) temporary: Option<PathBuf>,
    /// Held as long as the piton lives, in whatever container it runs.
    #[serde(skip)]
    held: Option<Arc<File>>,
}

impl Marker {
    /// Names the call of this process that carries `token`.
    pub fn of(token: &str) -> Self {
        Self {
            version: 2,
            token: token.to_owned(),
            owner: std::process::id(),
            boot: RealProcesses.boot_id(),
            namespace: RealProcesses.namespace(),
            temporary: None,
            held: None,
        }
    }

    /// Has the next piton take away the call's temporary directory too.
    #[must_use]
    pub fn with_temporary(mut self, directory: Option<&Path>) -> Self {
        self.temporary = directory.map(Path::to_owned);
        self
    }

    /// Leaves the note. It need not survive a power cut: no process does.
    pub fn leave(&mut self, disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        piton_durable::create_dirs(disk, directory).map_err(io::Error::other)?;
        // The lock first: a note is never seen without it.
        self.held = hold(&directory.join(format!("{PREFIX}{}{LOCK}", self.token)))?;
        let text = serde_json::to_vec(self).map_err(io::Error::other)?;
        Ok(disk.write_new(&self.path(directory), &text, 0o644)?)
    }

    /// Takes the note back: the call is over.
    pub fn clear(&self, disk: &dyn Disk, directory: &Path) -> io::Result<()> {
        clear(disk, &self.path(directory))
    }

    fn path(&self, directory: &Path) -> PathBuf {
        directory.join(format!("{PREFIX}{}{SUFFIX}", self.token))
    }

    /// Tells whether the piton that left the note may live, where it left no
    /// lock: its number means something only in its own space of numbers.
    fn may_live(&self) -> bool {
        let same = |theirs: &Option<String>, ours: Option<String>| {
            theirs.is_none() || ours.is_none() || *theirs == ours
        };
        if !same(&self.boot, RealProcesses.boot_id()) {
            return false;
        }
        !same(&self.namespace, RealProcesses.namespace())
            || self.owner == std::process::id()
            || may_be_alive(i32::try_from(self.owner).unwrap_or(0))
    }
}

/// Makes a lock file and holds it; `None` where the file system has no locks.
fn hold(path: &Path) -> io::Result<Option<Arc<File>>> {
    let file = File::options().write(true).create_new(true).open(path)?;
    Ok(file.try_lock().is_ok().then(|| Arc::new(file)))
}

/// No note is longer.
const LIMIT: u64 = 1 << 16;

const PREFIX: &str = "running-";
const SUFFIX: &str = ".json";
const LOCK: &str = ".lock";

/// Ends what is left of the calls that have a note in `directory` and whose
/// piton died, and returns how many processes that were. A call whose piton
/// lives is left alone; a directory that is not there holds no notes.
pub fn reap_leftovers(disk: &dyn Disk, directory: &Path) -> io::Result<usize> {
    if disk.stat(directory)?.is_none() {
        return Ok(0);
    }
    let mut ended = 0;
    for entry in disk.list(directory)? {
        let name = entry.name.to_string_lossy();
        if entry.kind == Kind::File && name.starts_with(PREFIX) && name.ends_with(SUFFIX) {
            ended += reap(disk, &directory.join(&entry.name))?;
        }
    }
    Ok(ended)
}

fn reap(disk: &dyn Disk, note: &Path) -> io::Result<usize> {
    let text = match disk.read_at_most(note, LIMIT) {
        // Its call ended meanwhile.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        read => read?,
    };
    let lock = note.with_extension("lock");
    let locked = match disk.stat(&lock)?.map(|stat| stat.kind) {
        // Whatever else is there is nothing of ours, and not opened.
        None | Some(Kind::Dir | Kind::Symlink | Kind::Other) => None,
        Some(Kind::File) => match File::open(&lock) {
            Ok(file) => Some(matches!(file.try_lock(), Err(TryLockError::WouldBlock))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(error) => return Err(error),
        },
    };
    // A torn note names nobody; what it stood for cannot be found any more.
    let marker: Option<Marker> = serde_json::from_slice(&text).ok();
    let ended = match (marker, locked) {
        (_, Some(true)) => return Ok(0),
        (Some(marker), None) if marker.may_live() => return Ok(0),
        (Some(marker), None | Some(false)) => {
            let ended = end(Tree::of(None, Path::new("/"), &marker.token))?;
            sweep(disk, &marker);
            ended
        }
        (None, None | Some(false)) => 0,
    };
    clear(disk, note)?;
    Ok(ended)
}

/// Takes away the temporary directory of a call that is over. It bears the name
/// of the call, or it is none of piton's.
fn sweep(disk: &dyn Disk, marker: &Marker) {
    if let Some(directory) = &marker.temporary
        && directory.file_name() == Some(temporary_name(&marker.token).as_ref())
    {
        // It is where the system clears.
        let _ = tree::remove(disk, directory);
    }
}

/// Returns the name of the temporary directory of a call.
pub(crate) fn temporary_name(token: &str) -> String {
    format!("piton-{token}")
}

fn clear(disk: &dyn Disk, note: &Path) -> io::Result<()> {
    // The note first: a lock without one stands for nothing.
    for path in [note.to_owned(), note.with_extension("lock")] {
        match disk.remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            done => done?,
        }
    }
    Ok(())
}

/// Ends what is left of a call. An error says that something may live on, and
/// that its note has to stay.
fn end(mut tree: Tree) -> io::Result<usize> {
    let found = tree.look()?.len();
    let mut signal = Signal::TERM;
    // Two seconds politely, then two of the hard signal.
    for round in 0..80 {
        if tree.look()?.is_empty() {
            return Ok(found);
        }
        if round == 0 || round >= 40 {
            tree.signal(signal, false);
        }
        if round == 39 {
            signal = Signal::KILL;
        }
        std::thread::park_timeout(Duration::from_millis(50));
    }
    match tree.look()?.as_slice() {
        [] => Ok(found),
        left => Err(io::Error::other(format!(
            "processes {left:?} could not be ended"
        ))),
    }
}
