//! The checkout that a directory belongs to, found by reading files only: no
//! git program is started for it.

use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{DiskError, DiskRead, Kind};
use thiserror::Error;

/// How much of a small file of git's is read.
const MOST: u64 = 1 << 20;

/// A working tree and the repository behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkout {
    /// The top of the working tree.
    pub root: PathBuf,
    /// The directory that all working trees of the clone share.
    pub common_dir: PathBuf,
    /// The branch; none if the head is detached.
    pub branch: Option<String>,
    /// The address of the remote that pull requests go to.
    pub remote: Option<String>,
}

/// Why there is no checkout here.
#[derive(Debug, Error)]
pub enum CheckoutError {
    #[error("{} is in no git repository", .0.display())]
    None(PathBuf),
    #[error("the repository at {} has no working tree", .0.display())]
    Bare(PathBuf),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("{} is not understood", .0.display())]
    Strange(PathBuf),
}

impl Checkout {
    /// Finds the checkout around a directory.
    pub fn around(disk: &dyn DiskRead, directory: &Path) -> Result<Self, CheckoutError> {
        for root in directory.ancestors() {
            let dot_git = root.join(".git");
            let stat = disk.stat(&dot_git)?;
            match stat.map(|stat| stat.kind) {
                Some(Kind::Dir | Kind::Symlink) => return Self::read(disk, root, &dot_git),
                Some(Kind::File) => {
                    let text = read(disk, &dot_git)?;
                    let git_dir = text
                        .trim_end()
                        .strip_prefix("gitdir:")
                        .ok_or_else(|| CheckoutError::Strange(dot_git.clone()))?;
                    return Self::read(disk, root, &root.join(git_dir.trim()));
                }
                Some(Kind::Other) | None if is_bare(disk, root)? => {
                    return Err(CheckoutError::Bare(root.to_owned()));
                }
                Some(Kind::Other) | None => {}
            }
        }
        Err(CheckoutError::None(directory.to_owned()))
    }

    fn read(disk: &dyn DiskRead, root: &Path, git_dir: &Path) -> Result<Self, CheckoutError> {
        let common = git_dir.join("commondir");
        let common_dir = match disk.stat(&common)? {
            Some(_) => git_dir.join(read(disk, &common)?.trim_end()),
            None => git_dir.to_owned(),
        };
        let head = read(disk, &git_dir.join("HEAD"))?;
        let branch = head
            .trim_end()
            .strip_prefix("ref: refs/heads/")
            .map(str::to_owned);
        // Git takes settings in any encoding, and no settings at all.
        let remote = match disk.read_at_most(&common_dir.join("config"), MOST) {
            Ok(config) => remote(&String::from_utf8_lossy(&config)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self {
            root: root.to_owned(),
            common_dir,
            branch,
            remote,
        })
    }
}

/// Whether a directory is what git takes for a repository itself.
fn is_bare(disk: &dyn DiskRead, dir: &Path) -> Result<bool, CheckoutError> {
    for (name, kind) in [
        ("HEAD", Kind::File),
        ("objects", Kind::Dir),
        ("refs", Kind::Dir),
    ] {
        if disk.stat(&dir.join(name))?.map(|stat| stat.kind) != Some(kind) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn read(disk: &dyn DiskRead, path: &Path) -> Result<String, CheckoutError> {
    let bytes = disk.read_at_most(path, MOST)?;
    String::from_utf8(bytes).map_err(|_| CheckoutError::Strange(path.to_owned()))
}

/// Finds the address of `origin` in git's settings.
fn remote(config: &str) -> Option<String> {
    let mut section = None;
    let mut origin = None;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line
                .strip_prefix("[remote \"")
                .and_then(|rest| rest.strip_suffix("\"]"));
            continue;
        }
        let Some(name) = section else { continue };
        if let Some((key, value)) = line.split_once('=')
            && key.trim() == "url"
            && name == "origin"
        {
            origin = Some(value.trim().trim_matches('"').to_owned());
        }
    }
    origin
}
