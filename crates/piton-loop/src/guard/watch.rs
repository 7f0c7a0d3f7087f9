//! The comparison itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead};
use piton_git::{GitError, GitRead, View, settings as read_settings};
use piton_seal::{Gap, Standing};

use super::aside::{AsideError, set_aside};
use super::found::{Found, Stray};
use super::places::{Places, Surroundings};
use super::print::{Print, Prints, changed, differ_in_mode};
use super::references::{self, People};
use super::settings;
use super::tree::UserTree;

/// The user's repository before a call.
#[derive(Debug)]
pub struct Guard {
    view: View,
    places: Places,
    prints: Prints,
    references: Prints,
    tree: UserTree,
    around: Surroundings,
}

/// Where an agent could write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It was sealed without a gap, so whoever moved a reference was not the
    /// agent. What git runs is looked after all the same.
    ItsSlot,
    Anywhere,
}

impl Reach {
    /// Returns how far an agent reached whose call was sealed like this.
    pub fn of(sealed: Option<&Standing>) -> Self {
        match sealed {
            Some(Standing::Sealed { gaps, .. }) if gaps.iter().all(|gap| *gap == Gap::Network) => {
                Self::ItsSlot
            }
            Some(Standing::Sealed { .. } | Standing::Unavailable { .. } | Standing::Off) | None => {
                Self::Anywhere
            }
        }
    }
}

/// What must be compared could not be.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// Found before the call, so no agent is called.
    #[error("read {}, without which nobody could tell whether the agent changed it", path.display())]
    Unreadable { path: PathBuf },
    #[error(transparent)]
    Aside(#[from] AsideError),
    #[error(transparent)]
    Git(#[from] GitError),
}

impl Guard {
    /// Remembers the repository as it is now. What cannot be compared is an
    /// error.
    pub fn before(
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        view: View,
        around: &Surroundings,
    ) -> Result<Self, GuardError> {
        let places = Places::find(disk, git, &view.settings, around);
        let prints = places.look(disk);
        if let Some((path, _)) = prints
            .iter()
            .find(|(_, print)| **print == Print::Unreadable)
        {
            return Err(GuardError::Unreadable { path: path.clone() });
        }
        Ok(Self {
            places,
            prints,
            references: reference_prints(disk, git),
            tree: UserTree::look(disk, git)?,
            view,
            around: around.clone(),
        })
    }

    /// Compares. What makes git run something is looked at first and set aside
    /// below `evidence` at once: before that no other git runs here.
    pub fn after(
        &self,
        disk: &dyn Disk,
        git: &dyn GitRead,
        reach: Reach,
        evidence: &Path,
    ) -> Result<Found, GuardError> {
        let mut found = Found::default();
        let planted = self.planted(disk, git);
        if !planted.is_empty() {
            let paths: Vec<PathBuf> = planted.iter().map(|(path, _)| path.clone()).collect();
            set_aside(disk, &paths, &self.prints, evidence)?;
            found.set_aside = Some(evidence.to_owned());
        }
        found.strays.extend(planted.into_iter().map(|(path, keys)| {
            let common = git.common_dir();
            let path = match path.strip_prefix(common) {
                Ok(below) => Path::new(".git").join(below),
                Err(_) => path,
            };
            Stray::Planted { path, keys }
        }));
        let tree = UserTree::look(disk, git)?;
        if self.tree.overview.head.is_some() && tree.overview.head.is_none() {
            found.strays.push(Stray::Head);
        }
        let now = reference_prints(disk, git);
        if !changed(&self.references, &now).is_empty() {
            let moved =
                references::compare(&self.view.refs, &git.refs()?, &self.people(git, &tree)?);
            let strays = moved.strays.into_iter();
            match reach {
                Reach::Anywhere => {
                    found
                        .strays
                        .extend(strays.map(|name| Stray::Reference { name }));
                }
                Reach::ItsSlot => found
                    .notes
                    .extend(strays.map(|name| format!("{name} changed"))),
            }
            found.notes.extend(moved.notes);
        }
        found.notes.extend(self.tree.notes(&tree));
        Ok(found)
    }

    /// Returns what makes git run something and is another than before, with
    /// the settings that differ.
    fn planted(&self, disk: &dyn Disk, git: &dyn GitRead) -> Vec<(PathBuf, BTreeSet<String>)> {
        let mut prints = self.places.look(disk);
        let mut paths = changed(&self.prints, &prints);
        if !paths.iter().any(|path| self.places.settings.contains(path)) {
            return paths
                .into_iter()
                .map(|path| (path, BTreeSet::new()))
                .collect();
        }
        // Where git cannot read its settings any more, all changes count.
        let Ok(now) = read_settings(git) else {
            return paths
                .into_iter()
                .map(|path| (path, BTreeSet::new()))
                .collect();
        };
        let keys = settings::changed(&self.view.settings, &now);
        // Settings may name more places, and those count as well.
        let places = Places::find(disk, git, &now, &self.around);
        prints.extend(places.look(disk));
        paths = changed(&self.prints, &prints);
        let of_settings =
            |path: &PathBuf| places.settings.contains(path) || self.places.settings.contains(path);
        let counts = |path: &PathBuf| {
            let (old, new) = (self.prints.get(path), prints.get(path));
            says_where(path) || new == Some(&Print::Unreadable) || differ_in_mode(old, new)
        };
        // Another form of the same settings is nobody's business.
        paths.retain(|path| !of_settings(path) || !keys.is_empty() || counts(path));
        let named = |path: &PathBuf| of_settings(path) && !says_where(path);
        paths
            .into_iter()
            .map(|path| {
                let keys = if named(&path) {
                    keys.clone()
                } else {
                    BTreeSet::new()
                };
                (path, keys)
            })
            .collect()
    }

    fn people(&self, git: &dyn GitRead, now: &UserTree) -> Result<People, GitError> {
        let branches = [&self.tree.overview.branch, &now.overview.branch];
        Ok(People {
            branches: (branches.into_iter().flatten())
                .map(|name| format!("refs/heads/{name}"))
                .collect(),
            heads: (git.worktrees()?.into_iter())
                .filter_map(|worktree| worktree.head)
                .collect(),
        })
    }
}

/// Tells whether a file holds no settings, but says where git finds things.
fn says_where(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name == "commondir" || name == ".git" || name == "alternates"
}

/// Looks at the files in which references stand, to see whether it is worth
/// asking git.
fn reference_prints(disk: &dyn DiskRead, git: &dyn GitRead) -> Prints {
    let common = git.common_dir();
    let mut prints = Prints::new();
    for dir in ["refs", "reftable"] {
        Print::add_tree(disk, &common.join(dir), usize::MAX, &mut prints);
    }
    let packed = common.join("packed-refs");
    let print = Print::of(disk, &packed);
    prints.insert(packed, print);
    prints
}
