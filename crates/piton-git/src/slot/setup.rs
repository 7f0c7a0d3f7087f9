//! When a slot needs its set-up command.

use piton_base::Digest;
use piton_durable::{Disk, DiskRead, write_atomic};

use super::{Slot, SlotError, record};

/// A command that prepares a slot: installs packages, makes an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The command as it is configured.
    pub command: String,
    /// Globs of the tracked files that it depends on, such as lock files.
    pub inputs: Vec<String>,
}

/// A set-up that is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a set-up that is due has to be run and noted"]
pub struct SetupDue {
    digest: String,
}

impl Slot {
    /// Tells whether `setup` is to be run before the slot is used: it never
    /// was, or the command or one of its inputs is another now.
    pub fn setup_due(
        &self,
        disk: &dyn DiskRead,
        setup: &Setup,
    ) -> Result<Option<SetupDue>, SlotError> {
        let inputs = if setup.inputs.is_empty() {
            Vec::new()
        } else {
            let globs = setup.inputs.iter().map(|glob| format!(":(glob){glob}"));
            self.git
                .command()?
                .args(["ls-files", "--stage", "-z", "--"])
                .args(globs)
                .run()?
        };
        let digest = Digest::of_parts([setup.command.as_bytes(), &inputs]).hex();
        let noted = record::setup(&self.git.own);
        let same = disk
            .read(&noted)
            .is_ok_and(|bytes| bytes == digest.as_bytes());
        Ok((!same).then_some(SetupDue { digest }))
    }

    /// Notes that the set-up ended well. What it changed of tracked files is
    /// taken back, and so is what it made that git does not ignore: the agent
    /// must not be blamed for it.
    pub fn setup_done(&self, disk: &dyn Disk, due: &SetupDue) -> Result<(), SlotError> {
        self.take_back(disk)?;
        let noted = record::setup(&self.git.own);
        Ok(write_atomic(disk, &noted, due.digest.as_bytes(), 0o644)?)
    }
}
