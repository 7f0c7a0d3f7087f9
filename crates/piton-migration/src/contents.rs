//! The files of a migration as values.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use piton_base::is_reserved_name;
use piton_durable::tree::{self, NodeKind};
use piton_durable::{Disk, DiskError, DiskRead, DiskResult, Image, TreeDigest, TreeError};

/// No plan needs more; a tree that does was not made by planning.
const MAX_FILES: usize = 5_000;
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// Every file below a migration's directory, by its path with `/` between the
/// parts. As in git, a directory without files is not recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents(BTreeMap<String, ContentFile>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct ContentFile {
    pub bytes: Vec<u8>,
    /// The only part of a mode that git keeps.
    pub executable: bool,
}

/// A directory's files could not be taken up.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    #[error(transparent)]
    Tree(#[from] TreeError),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("{} belongs to a repository of its own", path.display())]
    Repository { path: PathBuf },
    #[error("{} holds more than {MAX_FILES} files", path.display())]
    TooMany { path: PathBuf },
    #[error("{} holds more than {} MiB", path.display(), MAX_BYTES / (1024 * 1024))]
    TooLarge { path: PathBuf },
}

impl From<Image> for Contents {
    fn from(image: Image) -> Self {
        let files = image.into_nodes();
        let files = files.filter(|(node, _)| node.kind == NodeKind::File);
        let file = |(node, bytes): (tree::Node, Vec<u8>)| {
            let executable = node.mode & 0o100 != 0;
            (node.path, ContentFile { bytes, executable })
        };
        Self(files.map(file).collect())
    }
}

impl Contents {
    /// Reads a directory; `None` when there is none. Links, devices and nested
    /// repositories are errors.
    pub fn read(disk: &dyn DiskRead, root: &Path) -> Result<Option<Self>, ContentsError> {
        Ok(Self::read_with_digest(disk, root)?.map(|(contents, _)| contents))
    }

    /// The same, with the digest of what was read.
    pub fn read_with_digest(
        disk: &dyn DiskRead,
        root: &Path,
    ) -> Result<Option<(Self, TreeDigest)>, ContentsError> {
        let Some(tree) = tree::walk(disk, root)? else {
            return Ok(None);
        };
        if tree.nodes.len() > MAX_FILES {
            return Err(ContentsError::TooMany {
                path: root.to_owned(),
            });
        }
        let mut total = 0;
        for node in &tree.nodes {
            let path = root.join(&node.path);
            if node.path.split('/').any(is_reserved_name) {
                return Err(ContentsError::Repository { path });
            }
            if node.kind == NodeKind::File {
                total += disk.stat(&path)?.map_or(0, |stat| stat.len);
            }
            if total > MAX_BYTES {
                return Err(ContentsError::TooLarge {
                    path: root.to_owned(),
                });
            }
        }
        let image = Image::of(disk, root, tree)?;
        let digest = image.digest();
        Ok(Some((image.into(), digest)))
    }

    /// Writes the files below `root`, which must be a directory. Nothing is
    /// synced: whoever publishes makes a durable copy.
    pub fn write(&self, disk: &dyn Disk, root: &Path) -> DiskResult<()> {
        for (path, file) in &self.0 {
            let mut dir = root.to_owned();
            let parts: Vec<&str> = path.split('/').collect();
            for part in &parts[..parts.len() - 1] {
                dir.push(part);
                if disk.stat(&dir)?.is_none() {
                    disk.create_dir(&dir)?;
                }
            }
            let path = root.join(path);
            let mode = if file.executable { 0o755 } else { 0o644 };
            disk.write_new(&path, &file.bytes, mode)?;
        }
        Ok(())
    }

    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(|file| file.bytes.as_slice())
    }

    /// Returns a file as text; what is not UTF-8 in it is replaced.
    pub fn text(&self, path: &str) -> Option<String> {
        self.get(path)
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    pub fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    pub fn put(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        let file = ContentFile {
            bytes: bytes.into(),
            executable: false,
        };
        self.0.insert(path.into(), file);
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Returns the paths in the migration's own directory, not below it.
    pub fn top_level(&self) -> impl Iterator<Item = &str> {
        self.paths().filter(|path| !path.contains('/'))
    }

    /// Keeps the files that `keep` wants, takes all others from `base`.
    #[must_use]
    pub fn over(self, base: &Self, keep: impl Fn(&str) -> bool) -> Self {
        let kept = self.0.into_iter().filter(|(path, _)| keep(path));
        let restored = base.0.iter().filter(|(path, _)| !keep(path));
        Self(
            kept.chain(restored.map(|(path, file)| (path.clone(), file.clone())))
                .collect(),
        )
    }

    /// Returns the paths whose files differ between the two.
    pub fn changes<'a>(&'a self, base: &'a Self) -> Vec<&'a str> {
        let mut changed: Vec<&str> = self
            .0
            .iter()
            .filter(|(path, file)| base.0.get(*path) != Some(file))
            .map(|(path, _)| path.as_str())
            .chain(base.paths().filter(|path| !self.contains(path)))
            .collect();
        changed.sort_unstable();
        changed
    }
}
