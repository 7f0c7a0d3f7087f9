//! Whether git could write here at all, for whoever needs it only after
//! something that costs.

use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use crate::{GitError, Repository};

/// What stands for all references of piton's own.
const OWN: &str = "refs/piton/unlanded/any";

impl Repository {
    /// Requires that a commit could be made on the branch that is checked out,
    /// and be held on its way there. Nothing is made or changed.
    pub fn refuse_unwritable(&self) -> Result<(), GitError> {
        let tip = self.tip()?;
        let references = [tip.reference.as_deref(), Some(OWN)];
        let references = references.into_iter().flatten();
        let places = [
            self.git_dir().to_owned(),
            self.common().to_owned(),
            self.common().join("objects"),
        ];
        let mut places = places
            .into_iter()
            .chain(references.map(|name| self.place_of(name)));
        places.try_for_each(|place| refuse_unwritable(&place))
    }

    /// Returns the directory in which a reference is written.
    fn place_of(&self, reference: &str) -> PathBuf {
        let tables = self.common().join("reftable");
        if tables.is_dir() {
            return tables;
        }
        let file = self.common().join(reference);
        let there = |dir: &&Path| dir.symlink_metadata().is_ok();
        let found = file.ancestors().skip(1).find(there);
        found.unwrap_or(self.common()).to_owned()
    }
}

/// Requires that names could be made and taken away in a directory.
pub fn refuse_unwritable(dir: &Path) -> Result<(), GitError> {
    access(dir, Access::WRITE_OK | Access::EXEC_OK).map_err(|errno| GitError::Unwritable {
        dir: dir.to_owned(),
        source: errno.into(),
    })
}
