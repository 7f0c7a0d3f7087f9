//! The way into the locked section of this program.

use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use piton_base::StateDir;
use piton_durable::lock::wait_for;
use piton_durable::platform::Processes;
use piton_durable::{Holder, Lock, LockError, LockGuard};

/// A writer that is inside for longer than this counts as alive.
const SETTLE: Duration = Duration::from_secs(1);

/// Lets one writer in at a time.
pub trait Gate: Debug + Sync {
    /// Waits a limited time for the writer inside, and says who it is when it
    /// does not come out.
    fn enter(&self, what: &str, since: Timestamp) -> Result<Box<dyn Held>, LockError>;

    /// How long to wait for others.
    fn patience(&self) -> Duration;

    /// Whether a living writer is inside, this process's own included.
    fn is_taken(&self) -> bool {
        false
    }

    /// Names the lock, so that what was made under it can say so.
    fn name(&self) -> String;

    /// Returns what the file system calls the lock: the same under whatever
    /// name it is mounted.
    fn file(&self) -> Option<u64> {
        None
    }
}

/// Proof of being inside. Dropping it lets the next writer in.
pub trait Held: Debug {}

impl Held for LockGuard {}

/// The operating system's lock on a file in the clone's state directory.
#[derive(Clone, Debug)]
pub struct OsGate {
    lock: Lock,
    name: String,
    patience: Duration,
    pid: u32,
    host: String,
}

impl OsGate {
    /// Describes the gate of the clone whose shared git directory this is.
    pub fn new(common_dir: &Path, processes: &dyn Processes, patience: Duration) -> Self {
        let path = StateDir::of(common_dir).lock();
        OsGate {
            name: path.to_string_lossy().into_owned(),
            lock: Lock::at(path),
            patience,
            pid: processes.own_pid(),
            host: processes.host(),
        }
    }
}

impl Gate for OsGate {
    fn enter(&self, what: &str, since: Timestamp) -> Result<Box<dyn Held>, LockError> {
        let holder = Holder {
            pid: self.pid,
            host: self.host.clone(),
            since,
            what: what.to_owned(),
        };
        Ok(Box::new(self.lock.acquire(&holder, self.patience)?))
    }

    fn patience(&self) -> Duration {
        self.patience
    }

    fn is_taken(&self) -> bool {
        // A dead writer's lock may live on for a moment in a child that it was
        // just starting.
        let free = || Ok::<_, LockError>((!self.lock.is_held()?).then_some(()));
        matches!(wait_for(SETTLE, free), Ok(None))
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn file(&self) -> Option<u64> {
        let meta = Path::new(&self.name).symlink_metadata().ok()?;
        Some(std::os::unix::fs::MetadataExt::ino(&meta))
    }
}
