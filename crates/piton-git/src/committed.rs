//! Whether what stands in a directory is what is committed, told from the
//! index, the trees and the files, without a git. Whoever is not told so asks
//! git: it knows of ignored files, filters and ends of lines.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, Kind, RealDisk};

use crate::landing::entries::{self, Entry, Recorded};
use crate::objects::{self, TreeEntry};
use crate::{CommitId, GitError, Repository};

/// What is committed and what is staged below one directory.
#[derive(Debug)]
pub struct Committed {
    repository: Repository,
    commit: CommitId,
    below: PathBuf,
    index: Vec<u8>,
    /// Whether nothing was asked yet: most ask once, and only of one directory
    /// in it.
    is_first: Cell<bool>,
    staged: OnceCell<Staged>,
    /// When the index was written: what was changed in that moment or later may
    /// look as it did before.
    written: (i64, i64),
}

type Staged = BTreeMap<PathBuf, Entry>;

impl Committed {
    /// Reads the index; `None` where that is git's to do.
    pub(crate) fn below(repository: &Repository, dir: &Path) -> Option<Self> {
        let commit = repository.head().ok()??;
        let path = repository.git_dir().join("index");
        let meta = fs::symlink_metadata(&path).ok()?;
        let index = fs::read(&path).ok()?;
        Some(Self {
            repository: repository.clone(),
            commit,
            below: dir.to_owned(),
            index,
            is_first: Cell::new(true),
            staged: OnceCell::new(),
            written: (meta.mtime(), meta.mtime_nsec()),
        })
    }

    /// Returns what is staged below `dir`, in an index that is understood; what
    /// is not understood is as if nothing were staged.
    fn staged(&self, dir: &Path) -> Staged {
        if self.is_first.replace(false) {
            return self.read(dir);
        }
        let all = self.staged.get_or_init(|| self.read(&self.below));
        all.range(dir.to_owned()..)
            .take_while(|(path, _)| path.starts_with(dir))
            .map(|(path, entry)| (path.clone(), entry.clone()))
            .collect()
    }

    fn read(&self, dir: &Path) -> Staged {
        let prefix = [dir.as_os_str().as_bytes(), b"/"].concat();
        let is_below = |path: &Path| path.as_os_str().as_bytes().starts_with(&prefix);
        let id = self.commit.as_str().len() / 2;
        let found = entries::read(&self.index, id, is_below);
        found.map(|found| found.at).unwrap_or_default()
    }

    /// Whether the commit has anything at `dir`.
    pub fn has(&self, dir: &Path) -> Result<bool, GitError> {
        let Some(named) = dir.to_str() else {
            return Ok(false);
        };
        let named = format!("{}:{named}", self.commit);
        Ok(self.repository.objects().read(&named)?.is_some())
    }

    /// Whether index and files below `dir` are surely as committed.
    pub fn holds(&self, dir: &Path) -> Result<bool, GitError> {
        let Some(named) = dir.to_str() else {
            return Ok(false);
        };
        let named = format!("{}:{named}", self.commit);
        let Some(committed) = objects::files(self.repository.objects(), &named)? else {
            return Ok(false);
        };
        let staged = self.staged(dir);
        let is_plain = |entry: &Entry, as_committed: &TreeEntry| {
            !entry.is_odd && !entry.is_hidden && entry.staged == *as_committed
        };
        let same = staged.len() == committed.len()
            && staged
                .iter()
                .zip(&committed)
                .all(|((path, entry), (name, as_committed))| {
                    path.strip_prefix(dir).is_ok_and(|below| below == name)
                        && is_plain(entry, as_committed)
                });
        if !same {
            return Ok(false);
        }
        let mut files = 0;
        Ok(self.count(dir, &staged, &mut files)?
            && files == staged.len()
            && self.all_stand(&staged)?)
    }

    /// Counts the files below a directory; false where one is not staged.
    fn count(&self, dir: &Path, staged: &Staged, files: &mut usize) -> Result<bool, GitError> {
        let entries = match RealDisk.list(&self.repository.top().join(dir)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        for entry in entries {
            let path = dir.join(&entry.name);
            let is_known = match entry.kind {
                Kind::Dir => self.count(&path, staged, files)?,
                Kind::File => {
                    *files += 1;
                    staged.contains_key(&path)
                }
                Kind::Symlink | Kind::Other => false,
            };
            if !is_known {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn all_stand(&self, staged: &Staged) -> Result<bool, GitError> {
        for (path, entry) in staged {
            if !self.stands(path, entry)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a file is what is staged: git noted it as it is, or its content
    /// is the very same.
    fn stands(&self, path: &Path, entry: &Entry) -> Result<bool, GitError> {
        let is_noted = |meta: fs::Metadata| {
            entry.staged.is_like(&meta)
                && entry.recorded == recorded(&meta)
                && (meta.mtime(), meta.mtime_nsec()) < self.written
        };
        let file = self.repository.top().join(path);
        Ok(fs::symlink_metadata(file).is_ok_and(is_noted)
            || objects::stands(&self.repository, path, &entry.staged)?)
    }
}

/// What git would note of a file: the low half of each number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "so the index has them"
)]
pub(crate) fn recorded(meta: &fs::Metadata) -> Recorded {
    Recorded {
        changed: (meta.ctime() as u32, meta.ctime_nsec() as u32),
        modified: (meta.mtime() as u32, meta.mtime_nsec() as u32),
        inode: meta.ino() as u32,
        size: meta.size() as u32,
    }
}
