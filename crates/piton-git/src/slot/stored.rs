//! What there is of slots on the disk, and taking away what nobody uses.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use piton_durable::{DiskRead, Holder, Kind, Lock, LockError, LockGuard, tree};

use super::held::{self, HeldRef};
use super::{SlotError, SlotHome, SlotUse, Slots};

/// Both kinds of use that a slot has.
const USES: [SlotUse; 2] = [SlotUse::Work, SlotUse::Proof];

/// The slots of one number, with the tool caches that go with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSlots {
    pub number: u32,
    pub bytes: u64,
    /// Whether one of them is somebody's just now.
    pub in_use: bool,
    pub last_used: Option<SystemTime>,
}

impl SlotHome {
    /// Returns the folder of the clone's own tool caches, beside that of its
    /// slots: a folder for each number.
    pub fn caches(&self) -> PathBuf {
        let mut caches = self.dir().as_os_str().to_owned();
        caches.push(".caches");
        PathBuf::from(caches)
    }

    /// Tells whether the slots of a number are somebody's just now.
    pub fn in_use(&self, number: u32) -> Result<bool, SlotError> {
        for slot_use in USES {
            let lock = Lock::at(self.lock(slot_use, number));
            if lock.is_held().map_err(SlotError::Lock)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tells whether there is anything of a number.
    pub fn has(&self, disk: &dyn DiskRead, number: u32) -> bool {
        self.parts(number)
            .iter()
            .any(|part| !matches!(disk.stat(part), Ok(None)))
    }

    /// Returns what there is, by number.
    pub fn stored(&self, disk: &dyn DiskRead) -> Result<Vec<StoredSlots>, SlotError> {
        let mut numbers = Vec::new();
        for dir in [self.dir().to_owned(), self.caches()] {
            if disk.stat(&dir)?.is_none() {
                continue;
            }
            for entry in disk.list(&dir)? {
                let name = entry.name.to_string_lossy();
                numbers.extend(number_in(&name).filter(|_| entry.kind == Kind::Dir));
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        numbers
            .into_iter()
            .map(|number| {
                let parts = self.parts(number);
                Ok(StoredSlots {
                    number,
                    bytes: parts.iter().map(|part| tree::size(disk, part)).sum(),
                    in_use: self.in_use(number)?,
                    last_used: self.last_used(disk, number),
                })
            })
            .collect()
    }

    /// A slot gets a `.git` each time that it is taken. What an agent does to
    /// its time only changes how long the slot is kept.
    fn last_used(&self, disk: &dyn DiskRead, number: u32) -> Option<SystemTime> {
        let times = |paths: Vec<PathBuf>| {
            let stats = paths.into_iter().filter_map(|path| disk.stat(&path).ok()?);
            stats.filter_map(|stat| stat.modified).max()
        };
        let git = |slot_use| self.slot(slot_use, number).join(".git");
        times(USES.map(git).to_vec()).or_else(|| times(self.parts(number)))
    }

    /// All that is there of a number, in the order in which it goes: without
    /// piton's own half, what is left of a slot is made again.
    fn parts(&self, number: u32) -> Vec<PathBuf> {
        let mut parts = Vec::new();
        for slot_use in USES {
            parts.push(self.own(slot_use, number));
            parts.push(self.slot(slot_use, number));
        }
        parts.push(self.caches().join(number.to_string()));
        parts
    }
}

impl Slots<'_> {
    /// Removes the slots of one number with their tool caches. Refused while
    /// one of them is in use.
    pub fn remove(&self, number: u32, holder: &Holder) -> Result<(), SlotError> {
        let _held = USES
            .map(|slot_use| Lock::at(self.home.lock(slot_use, number)))
            .into_iter()
            .map(|lock| lock.acquire(holder, Duration::ZERO))
            .collect::<Result<Vec<LockGuard>, LockError>>()
            .map_err(SlotError::Lock)?;
        for part in self.home.parts(number) {
            tree::remove(self.disk, &part)?;
        }
        for slot_use in USES {
            held::forget(self.git, &HeldRef::base(&self.home.slot(slot_use, number)))?;
        }
        // Whoever opened one of them meanwhile sees that it is gone.
        for slot_use in USES {
            tree::remove(self.disk, &self.home.lock(slot_use, number))?;
        }
        Ok(())
    }
}

/// Reads the number in the name of a slot or of a folder of caches.
fn number_in(name: &str) -> Option<u32> {
    let number = name.strip_prefix("proof-").unwrap_or(name);
    let number = number.strip_suffix(".piton").unwrap_or(number);
    number.parse().ok().filter(|number: &u32| *number > 0)
}
