//! How slots are made here, and where.

use std::path::PathBuf;
use std::sync::Arc;

use piton_agent::sealing::SealTerms;
use piton_durable::DiskRead;
use piton_git::slot::SlotHome;
use piton_git::{GitError, GitRead, Setting, View};

use super::SetupCommand;
use crate::guard::{KnownSettings, Surroundings};

/// What a repository's settings say about slots.
#[derive(Clone, Debug)]
pub struct SlotSettings {
    pub home: SlotHome,
    /// How much new content one call may make, in bytes.
    pub max_new: u64,
    pub setup: Option<SetupCommand>,
    /// On what terms programs run on what is in a slot.
    pub terms: SealTerms,
    /// What git reads of the user's own, for the guard.
    pub around: Surroundings,
    /// What git said last of its settings.
    pub known: KnownSettings,
}

impl SlotSettings {
    /// A hundred megabytes: more than any plan, less than a forgotten build.
    pub(crate) const MAX_NEW: u64 = 100_000_000;

    /// Returns the same for one of several jobs, which keeps its own slots.
    #[must_use]
    pub fn for_job(&self, number: u32) -> Self {
        Self {
            home: self.home.clone().beginning_with(number),
            ..self.clone()
        }
    }

    /// Returns settings with nothing but a place.
    pub fn at(home: SlotHome) -> Self {
        Self {
            home,
            max_new: Self::MAX_NEW,
            setup: None,
            terms: SealTerms::off(),
            around: Surroundings::default(),
            known: KnownSettings::default(),
        }
    }

    /// Returns what git says of the repository now.
    pub fn view(&self, disk: &dyn DiskRead, git: &dyn GitRead) -> Result<View, GitError> {
        self.known.view(disk, git, &self.around)
    }

    /// Returns git's settings as they are now.
    pub(crate) fn git_settings(
        &self,
        disk: &dyn DiskRead,
        git: &dyn GitRead,
    ) -> Result<Arc<[Setting]>, GitError> {
        self.known.now(disk, git, &self.around)
    }

    /// Returns where the user's own attributes would be: beside the settings.
    pub(crate) fn attributes(&self) -> Vec<PathBuf> {
        let beside = |file: &PathBuf| file.with_file_name("attributes");
        self.around.settings.iter().map(beside).collect()
    }
}

#[cfg(test)]
mod tests {
    use piton_git::Repository;
    use piton_testkit::ScratchRepo;

    use super::*;

    #[test]
    fn the_user_s_attributes_are_looked_for_beside_each_file_of_settings() {
        let repo = ScratchRepo::new();
        let git = Repository::find(repo.path()).unwrap();
        let outside = tempfile::tempdir().unwrap();
        let mut settings = SlotSettings::at(SlotHome::new(outside.path(), &git).unwrap());
        assert_eq!(settings.attributes(), [] as [PathBuf; 0]);
        let files = ["/home/me/.gitconfig", "/home/me/.config/git/config"];
        settings.around.settings = files.map(PathBuf::from).to_vec();
        let beside = ["/home/me/attributes", "/home/me/.config/git/attributes"];
        assert_eq!(settings.attributes(), beside.map(PathBuf::from));
    }
}
