//! Taking a slot, keeping it, throwing it away.

use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_durable::{Disk, DiskRead, Holder, Kind, Lock, LockError, LockGuard, create_dirs, tree};

use super::borrowed::Borrowed;
use super::by_hand::ByHand;
use super::filters::SlotGit;
use super::held::{self, HeldRef};
use super::{Changes, SlotError, SlotHome, SlotUse, directory, layout, record};
use crate::landing::entries;
use crate::{CommitId, Git, View};

/// How many slots of one clone are in use at once, at most.
const MOST: u32 = 64;

/// The slots of one clone.
#[derive(Clone, Debug)]
pub struct Slots<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) git: &'a dyn Git,
    pub(super) home: &'a SlotHome,
}

impl<'a> Slots<'a> {
    pub fn new(disk: &'a dyn Disk, git: &'a dyn Git, home: &'a SlotHome) -> Self {
        Self { disk, git, home }
    }

    /// Takes a free slot for this use, the home's first one before all others,
    /// and puts it at `commit`. Its
    /// ignored files stay from earlier uses of the same kind; everything else
    /// is as in the commit, and its `.git` is new.
    pub fn take(
        &self,
        commit: &CommitId,
        slot_use: SlotUse,
        view: &View,
        holder: &Holder,
    ) -> Result<Slot, SlotError> {
        create_dirs(self.disk, self.home.dir())?;
        let first = self.home.first();
        let others = (1..=MOST).filter(|number| Some(*number) != first);
        for number in first.into_iter().chain(others) {
            let lock = Lock::at(self.home.lock(slot_use, number));
            match lock.acquire(holder, Duration::ZERO) {
                Ok(guard) => {
                    let places = (
                        self.home.slot(slot_use, number),
                        self.home.own(slot_use, number),
                    );
                    return self.prepare(number, places, commit, view, guard);
                }
                Err(LockError::Held { .. }) => {}
                Err(error) => return Err(SlotError::Lock(error)),
            }
        }
        Err(SlotError::AllInUse {
            home: self.home.dir().to_owned(),
            most: MOST,
        })
    }

    fn prepare(
        &self,
        number: u32,
        (dir, own): (PathBuf, PathBuf),
        commit: &CommitId,
        view: &View,
        guard: LockGuard,
    ) -> Result<Slot, SlotError> {
        let (disk, git) = (self.disk, self.git);
        let borrowed = Borrowed::look(disk, git, view, commit)?;
        let filters = self.home.filters();
        let inside = borrowed.filter_inside(disk, git.top());
        if let (Some(refused), false) = (&inside, filters.are_sealed()) {
            return Err(SlotError::FilterInside {
                name: refused.name.clone(),
                command: refused.command.clone(),
            });
        }
        let base = HeldRef::base(&dir);
        let is_held = |(name, id): &(String, CommitId)| name == base.as_str() && id == commit;
        if !borrowed.names.iter().any(is_held) {
            held::hold(git, &base, commit)?;
        }
        let at = SlotGit::new(
            (own.clone(), dir.clone()),
            filters,
            &borrowed,
            inside.is_some(),
        );
        let usable = is_usable(disk, &dir, &own) && directory::is_current(disk, &own, &borrowed);
        // Whatever is wrong with an old one, a new one has nothing of it.
        let again = || {
            at.make_room(disk)?;
            let by_hand = ByHand {
                disk,
                git,
                borrowed: &borrowed,
                attributes: self.home.attributes(),
            };
            layout::onward(disk, &at, commit, Some(by_hand))
        };
        if !usable || again().is_err() {
            self.make(&at, &borrowed, commit)?;
        }
        directory::make_agents(disk, &dir, &own, &borrowed, commit)?;
        Ok(Slot {
            git: at,
            number,
            base: commit.clone(),
            borrowed,
            _guard: guard,
        })
    }

    fn make(&self, git: &SlotGit, borrowed: &Borrowed, commit: &CommitId) -> Result<(), SlotError> {
        let (disk, dir, own) = (self.disk, &git.dir, &git.own);
        tree::remove(disk, own)?;
        tree::remove(disk, dir)?;
        disk.create_dir(dir)?;
        directory::make_own(disk, own, borrowed)?;
        layout::set_head(disk, own, commit)?;
        git.make_room(disk)?;
        layout::fresh(disk, git, commit)?;
        if let Some(change) = Changes::look(git)?.0.into_iter().next() {
            return Err(SlotError::Unfaithful { path: change.path });
        }
        record::set_whole(disk, own)
    }
}

/// Tells whether what is there of a slot was made to its end, and nobody is
/// or was in the middle of changing it.
fn is_usable(disk: &dyn DiskRead, dir: &Path, own: &Path) -> bool {
    let kind = |path: &Path| disk.stat(path).ok().flatten().map(|stat| stat.kind);
    record::is_whole(disk, own)
        && kind(dir) == Some(Kind::Dir)
        && kind(&own.join("index")) == Some(Kind::File)
        && kind(&own.join("index.lock")).is_none()
}

/// A slot that is the caller's alone until it is dropped.
#[derive(Debug)]
pub struct Slot {
    pub(super) git: SlotGit,
    number: u32,
    base: CommitId,
    pub(super) borrowed: Borrowed,
    _guard: LockGuard,
}

impl Slot {
    /// Returns the directory that an agent works in. It is all that an agent
    /// needs to write of a slot.
    pub fn dir(&self) -> &Path {
        &self.git.dir
    }

    /// Returns its number among the slots of the same use.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the commit that it shows.
    pub fn base(&self) -> &CommitId {
        &self.base
    }

    /// Returns what differs from the commit, but for what git ignores.
    pub fn changes(&self) -> Result<Changes, SlotError> {
        Changes::look(&self.git)
    }

    /// Returns the names of all files of its commit, in order; `None` where git
    /// has to be asked.
    pub fn names(&self, disk: &dyn DiskRead) -> Option<Vec<String>> {
        if layout::head(&self.git.own).as_ref() != Some(&self.base) {
            return None;
        }
        let bytes = disk.read(&self.git.own.join("index")).ok()?;
        let found = entries::read(&bytes, self.base.as_str().len() / 2, |_| true)?;
        let names = found.at.into_keys().map(PathBuf::into_os_string);
        let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        names.sort_unstable();
        Some(names)
    }

    /// Takes back whatever was changed; ignored files stay.
    pub fn take_back(&self, disk: &dyn Disk) -> Result<(), SlotError> {
        layout::again(disk, &self.git, &self.base)
    }

    /// Says what was done to the slot's own git. It stays in the slot, and the
    /// next use of the slot begins without it.
    pub fn git_was_changed(&self, disk: &dyn DiskRead) -> Vec<&'static str> {
        directory::changed_by_agent(disk, &self.git.dir, &self.borrowed, &self.base)
    }
}
