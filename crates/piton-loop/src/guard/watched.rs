//! What makes git run something, before a call, and what is another later.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, DiskRead};
use piton_git::{GitRead, Setting, settings as read_settings};
use serde::{Deserialize, Serialize};

use super::aside::{AsideError, set_aside};
use super::found::Stray;
use super::places::{Places, Surroundings};
use super::print::{Print, Prints, changed, differ_in_mode};
use super::settings;

/// Hooks and settings as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Watched {
    settings: Vec<Setting>,
    places: Places,
    #[serde(with = "super::wire")]
    prints: Prints,
    around: Surroundings,
}

impl Watched {
    /// Remembers them; an error names what cannot be read.
    pub(super) fn look(
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        settings: &[Setting],
        around: &Surroundings,
    ) -> Result<Self, PathBuf> {
        let places = Places::find(disk, git, settings, around)?;
        let prints = places.look(disk);
        let unreadable = |(_, print): &(&PathBuf, &Print)| **print == Print::Unreadable;
        if let Some((path, _)) = prints.iter().find(unreadable) {
            return Err(path.clone());
        }
        Ok(Self {
            settings: settings.to_vec(),
            places,
            prints,
            around: around.clone(),
        })
    }

    /// Sets whatever is another now aside in `evidence` and puts back what was
    /// there. No git with hooks runs before that.
    pub(super) fn clear(
        &self,
        disk: &dyn Disk,
        git: &dyn GitRead,
        evidence: &Path,
    ) -> Result<Vec<Stray>, AsideError> {
        let planted = self.planted(disk, git);
        if !planted.is_empty() {
            let paths: Vec<PathBuf> = planted.iter().map(|(path, _)| path.clone()).collect();
            set_aside(disk, &paths, &self.prints, evidence)?;
        }
        let common = git.common_dir();
        let stray = |(path, keys): (PathBuf, BTreeSet<String>)| {
            let path = match path.strip_prefix(common) {
                Ok(below) => Path::new(".git").join(below),
                Err(_) => path,
            };
            Stray::Planted { path, keys }
        };
        Ok(planted.into_iter().map(stray).collect())
    }

    /// Returns what is another than before, with the settings that differ.
    fn planted(&self, disk: &dyn Disk, git: &dyn GitRead) -> Vec<(PathBuf, BTreeSet<String>)> {
        let without_keys = |paths: Vec<PathBuf>| {
            let paths = paths.into_iter();
            paths.map(|path| (path, BTreeSet::new())).collect()
        };
        let mut prints = self.places.look(disk);
        let mut paths = changed(&self.prints, &prints);
        if !paths.iter().any(|path| self.places.settings.contains(path)) {
            return without_keys(paths);
        }
        // Where git cannot read its settings any more, all changes count.
        let Ok(now) = read_settings(git) else {
            return without_keys(paths);
        };
        let keys = settings::changed(&self.settings, &now);
        // Settings may name more places, and those count as well.
        let Ok(places) = Places::find(disk, git, &now, &self.around) else {
            return without_keys(paths);
        };
        prints.extend(places.look(disk));
        paths = changed(&self.prints, &prints);
        let of_settings =
            |path: &PathBuf| places.settings.contains(path) || self.places.settings.contains(path);
        let counts = |path: &PathBuf| {
            let (old, new) = (self.prints.get(path), prints.get(path));
            says_where(path)
                || is_of_another_tree(disk, git, path)
                || new == Some(&Print::Unreadable)
                || differ_in_mode(old, new)
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
}

/// Tells whether a file holds the settings of another working tree. Git obeys
/// them there and says nothing of them here, so that any change counts.
fn is_of_another_tree(disk: &dyn Disk, git: &dyn GitRead, path: &Path) -> bool {
    let linked = git.common_dir().join("worktrees");
    let (true, Some(dir)) = (path.ends_with("config.worktree"), path.parent()) else {
        return false;
    };
    if dir.parent() != Some(&linked) {
        return false;
    }
    // A linked working tree says in a file which of the directories is its own.
    let own = disk.read(&git.top().join(".git")).unwrap_or_default();
    let own = String::from_utf8_lossy(&own);
    let own = own.trim_end().strip_prefix("gitdir: ");
    let real = |path: &Path| disk.resolve(path).ok();
    own.is_none_or(|own| real(&git.top().join(own)) != real(dir))
}

/// Tells whether a file holds no settings, but says where git finds things.
fn says_where(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    ["commondir", ".git", "alternates", "shallow"]
        .iter()
        .any(|told| name == *told)
}
