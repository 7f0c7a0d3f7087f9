//! Whether files are in the working tree just as they are stored.
//!
//! Where they do, piton can tell by itself whether a file is as committed, and
//! write it. Whatever could make git write it otherwise (attributes, ends of
//! lines, links, modes that do not count) makes it git's business.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::change::{PathChange, TreeEntry};
use super::entries::{self, Entries};
use super::error::{InTheWay, LandError, Obstacle};
use crate::{GitError, Repository, Setting, objects};

/// What is known of the repository already.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Git's settings, as they are now.
    pub settings: &'a [Setting],
    /// Where the user's own attributes would be, outside the repository.
    pub attributes: &'a [PathBuf],
    /// The time, in seconds, for the log of the branch.
    pub now: i64,
}

/// Where the machine's own attributes may be.
const OF_THE_MACHINE: [&str; 3] = [
    "/etc/gitattributes",
    "/usr/local/etc/gitattributes",
    "/opt/homebrew/etc/gitattributes",
];

/// Settings because of which files differ from what is stored, unless they say
/// what is usual here.
const CHANGE_FILES: [(&str, Option<&str>); 8] = [
    ("core.autocrlf", Some("false")),
    ("core.eol", None),
    ("core.attributesfile", None),
    ("core.filemode", Some("true")),
    ("core.symlinks", Some("true")),
    ("core.ignorecase", Some("false")),
    ("core.precomposeunicode", None),
    ("core.worktree", None),
];

/// Larger files are git's to compare.
const LONGEST: u64 = 64 << 20;

/// The index of a repository in which files are as they are stored.
#[derive(Debug)]
pub(super) struct Plain(Entries);

impl Plain {
    /// Looks whether it is so for all of these changes; `None` when git has to
    /// be asked.
    pub(super) fn look(
        repository: &Repository,
        known: Option<&Known<'_>>,
        changes: &[PathChange],
    ) -> Option<Self> {
        let known = known?;
        if !change_no_files(known.settings) {
            return None;
        }
        let (common, own) = (repository.common(), repository.git_dir());
        let named = [common.join("info/attributes"), own.join("info/attributes")];
        let mut files = named.iter().chain(known.attributes);
        if files.any(|file| is_there(file))
            || has_the_machine_attributes()
            || changes.iter().any(|it| !is_plain(it))
        {
            return None;
        }
        let mut folders: HashSet<&Path> = HashSet::new();
        for change in changes {
            if change.path.file_name()? == ".gitattributes" {
                return None;
            }
            folders.extend(change.path.ancestors().skip(1));
        }
        let top = repository.top();
        let is_long = |change: &PathChange| {
            fs::symlink_metadata(top.join(&change.path)).is_ok_and(|meta| meta.len() > LONGEST)
        };
        if changes.iter().any(is_long) {
            return None;
        }
        if folders
            .into_iter()
            .any(|folder| is_there(&top.join(folder).join(".gitattributes")))
        {
            return None;
        }
        let wanted: HashSet<&Path> = changes.iter().map(|it| it.path.as_path()).collect();
        let id = changes
            .iter()
            .find_map(|it| it.to.as_ref().or(it.from.as_ref()))?;
        let bytes = fs::read(own.join("index")).ok()?;
        let entries = entries::read(&bytes, id.object.len() / 2, |path| wanted.contains(path))?;
        (!entries.has_attributes).then_some(Self(entries))
    }

    /// Returns which of the paths are not as committed, in the index or in the
    /// working tree, and which git was told not to look at.
    pub(super) fn in_the_way(
        &self,
        repository: &Repository,
        changes: &[PathChange],
    ) -> Result<Vec<InTheWay>, GitError> {
        let mut found = Vec::new();
        for change in changes {
            if let Some(obstacle) = self.obstacle(repository, change)? {
                found.push(InTheWay {
                    path: change.path.clone(),
                    obstacle,
                });
            }
        }
        Ok(found)
    }

    fn obstacle(
        &self,
        repository: &Repository,
        change: &PathChange,
    ) -> Result<Option<Obstacle>, GitError> {
        let entry = self.0.at.get(&change.path);
        if entry.is_some_and(|entry| entry.is_hidden) {
            return Ok(Some(Obstacle::Hidden));
        }
        let is_staged_otherwise = entry.map(|entry| &entry.staged) != change.from.as_ref()
            || entry.is_some_and(|entry| entry.is_odd);
        let is_changed = is_staged_otherwise
            || match &change.from {
                Some(from) => !objects::stands(repository, &change.path, from)?,
                None => false,
            };
        Ok(is_changed.then_some(Obstacle::Changed))
    }
}

/// Whether all of these settings say what is usual here.
pub(crate) fn change_no_files(settings: &[Setting]) -> bool {
    let usual = |setting: &Setting| {
        let (_, usual) = (CHANGE_FILES.iter()).find(|(key, _)| *key == setting.key)?;
        Some(setting.value.as_deref() == *usual && usual.is_some())
    };
    settings.iter().filter_map(usual).all(|usual| usual)
}

/// Whether the machine has attributes of its own.
pub(crate) fn has_the_machine_attributes() -> bool {
    OF_THE_MACHINE.iter().any(|file| is_there(Path::new(file)))
}

/// Whether a change is of plain files alone.
pub(crate) fn is_plain(change: &PathChange) -> bool {
    change.from.iter().chain(&change.to).all(TreeEntry::is_file)
}

/// What cannot be looked at counts as there.
pub(crate) fn is_there(path: &Path) -> bool {
    !matches!(fs::symlink_metadata(path), Err(error) if matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    ))
}

/// Returns what a commit has at a path, as it is to be written.
pub(super) fn stored(repository: &Repository, entry: &TreeEntry) -> Result<Vec<u8>, LandError> {
    let found = repository.objects().read(&entry.object)?;
    let found = found.map(|object| object.bytes);
    Ok(found.ok_or_else(|| GitError::Unreadable {
        command: "git cat-file --batch".to_owned(),
        what: format!("there is no {}", entry.object),
    })?)
}
