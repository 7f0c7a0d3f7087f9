//! Where the slots of one clone are.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use piton_base::Digest;

use super::{Filters, SlotError};
use crate::GitRead;

/// The folder that holds the slots of one clone, and nothing else.
///
/// ```text
/// <slots>/<clone>-<digest>/
///     1/          a slot, which an agent may write
///     1.piton/    piton's own git directory for it
///     1.lock      held while the slot is in use
///     proof-1/    a slot in which no agent ever works
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotHome {
    dir: PathBuf,
    filters: Filters,
    first: Option<u32>,
    attributes: Option<Vec<PathBuf>>,
}

impl SlotHome {
    /// Returns the folder for the clone of `git` below `slots`, which must be
    /// outside the repository: what is inside belongs to the user, and tools
    /// that walk the repository would find every file twice.
    pub fn new(slots: &Path, git: &dyn GitRead) -> Result<Self, SlotError> {
        let common = git.common_dir();
        if slots.starts_with(git.top()) || slots.starts_with(common) {
            return Err(SlotError::Inside {
                dir: slots.to_owned(),
            });
        }
        let name = format!("{}-{}", clone_name(common), short_digest(common));
        Ok(Self {
            dir: slots.join(name),
            filters: Filters::default(),
            first: None,
            attributes: None,
        })
    }

    /// Says how filters of the user's run in these slots.
    #[must_use]
    pub fn with_filters(mut self, filters: Filters) -> Self {
        self.filters = filters;
        self
    }

    /// Says where the user's own attributes would be, outside the repository.
    #[must_use]
    pub fn with_attributes(mut self, attributes: Vec<PathBuf>) -> Self {
        self.attributes = Some(attributes);
        self
    }

    /// Returns where those would be, if anybody said.
    pub(super) fn attributes(&self) -> Option<&[PathBuf]> {
        self.attributes.as_deref()
    }

    /// Has the slots of one number tried before all others: a job keeps its own
    /// from action to action, with what was built in it.
    #[must_use]
    pub fn beginning_with(mut self, number: u32) -> Self {
        self.first = Some(number);
        self
    }

    /// Returns the number of the slots that are tried first.
    pub(super) fn first(&self) -> Option<u32> {
        self.first
    }

    /// Returns how filters of the user's run.
    pub fn filters(&self) -> &Filters {
        &self.filters
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn slot(&self, slot_use: SlotUse, number: u32) -> PathBuf {
        self.dir.join(slot_use.name(number))
    }

    pub(super) fn own(&self, slot_use: SlotUse, number: u32) -> PathBuf {
        self.dir.join(format!("{}.piton", slot_use.name(number)))
    }

    pub(super) fn lock(&self, slot_use: SlotUse, number: u32) -> PathBuf {
        self.dir.join(format!("{}.lock", slot_use.name(number)))
    }
}

/// What a slot is used for. Ignored files go from use to use, so one that an
/// agent was in never serves to prove anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SlotUse {
    /// An agent works in it.
    Work,
    /// What is to land is proved in it; no agent ever writes there.
    Proof,
}

impl SlotUse {
    fn name(self, number: u32) -> String {
        match self {
            Self::Work => number.to_string(),
            Self::Proof => format!("proof-{number}"),
        }
    }
}

/// The name of the directory that was cloned into, in plain characters.
fn clone_name(common: &Path) -> String {
    let named = match common.file_name() {
        Some(name) if name == ".git" => common.parent().and_then(Path::file_name),
        name => name,
    };
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') {
            c
        } else {
            '-'
        }
    };
    let name: String = named
        .map(|name| name.to_string_lossy().chars().take(40).map(plain).collect())
        .unwrap_or_default();
    if name.is_empty() {
        "root".to_owned()
    } else {
        name
    }
}

/// Returns the first twelve digits of the digest of a path.
pub(super) fn short_digest(path: &Path) -> String {
    Digest::of(path.as_os_str().as_bytes()).short()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_is_named_after_its_directory_in_plain_characters() {
        let name = |path| clone_name(Path::new(path));
        assert_eq!(name("/home/me/my project/.git"), "my-project");
        assert_eq!(name("/srv/mirror.git"), "mirror-git");
        assert_eq!(name("/.git"), "root");
        assert_eq!(short_digest(Path::new("/a")).len(), 12);
    }
}
