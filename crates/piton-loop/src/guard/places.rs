//! Where git looks for what it runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use piton_durable::DiskRead;
use piton_git::{GitRead, Setting};
use serde::{Deserialize, Serialize};

use super::print::{Print, Prints};

/// What of the user's own surroundings git reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surroundings {
    pub home: Option<PathBuf>,
    /// The user's own settings of git, whether or not they are there.
    pub settings: Vec<PathBuf>,
}

/// Of a directory of hooks with more entries, only the direct ones are looked at.
const MOST: usize = 5_000;

/// Files of settings, and directories of which git runs what is in them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Places {
    pub(super) settings: BTreeSet<PathBuf>,
    dirs: BTreeSet<PathBuf>,
}

impl Places {
    /// Finds them all, those that settings name included; an error names what
    /// cannot be listed.
    pub(super) fn find(
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        settings: &[Setting],
        around: &Surroundings,
    ) -> Result<Self, PathBuf> {
        let (top, common) = (git.top(), git.common_dir());
        let mut places = Self::default();
        // `commondir` would make git look for all others elsewhere.
        for name in [
            "config",
            "config.worktree",
            "commondir",
            "objects/info/alternates",
        ] {
            places.settings.insert(common.join(name));
        }
        // Where the history is whole nobody cuts it off meanwhile; in a shallow
        // clone a fetch of the user's moves where it ends.
        let shallow = common.join("shallow");
        if matches!(disk.stat(&shallow), Ok(None)) {
            places.settings.insert(shallow);
        }
        places.settings.insert(top.join(".git"));
        places.settings.extend(around.settings.iter().cloned());
        let linked = common.join("worktrees");
        let trees = disk.list_if_there(&linked).map_err(|_| linked.clone())?;
        for entry in trees {
            let dir = linked.join(entry.name);
            places.settings.insert(dir.join("config.worktree"));
            places.settings.insert(dir.join("commondir"));
        }
        for setting in settings {
            places.settings.extend(setting.file.clone());
            let included = setting.key == "include.path"
                || setting.key.starts_with("includeif.") && setting.name() == "path";
            if let (true, Some(value)) = (included, &setting.value) {
                let from = setting.file.as_deref().and_then(Path::parent);
                places.settings.extend(resolve(value, from, around));
            }
        }
        places
            .dirs
            .extend([common.join("hooks"), common.join("info")]);
        let hooks = settings
            .iter()
            .rfind(|setting| setting.key == "core.hookspath");
        if let Some(value) = hooks.and_then(|setting| setting.value.as_deref())
            && let Some(dir) = resolve(value, Some(top), around)
        {
            // Scripts in a directory of this name call those beside it.
            if dir.ends_with("_") {
                places.dirs.extend(dir.parent().map(Path::to_owned));
            }
            places.dirs.insert(dir);
        }
        Ok(places)
    }

    /// Looks at all of them.
    pub(super) fn look(&self, disk: &dyn DiskRead) -> Prints {
        let mut prints = Prints::new();
        for dir in &self.dirs {
            Print::add_tree(disk, dir, MOST, &mut prints);
        }
        // A list of references for those who clone without git; gc writes it.
        prints.retain(|path, _| !path.ends_with("info/refs"));
        for file in &self.settings {
            prints.insert(file.clone(), Print::of(disk, file));
        }
        prints
    }
}

/// Returns the path that a setting names, as far as it can be told.
fn resolve(value: &str, from: Option<&Path>, around: &Surroundings) -> Option<PathBuf> {
    match value.strip_prefix("~/") {
        Some(below) => Some(around.home.as_ref()?.join(below)),
        None => Some(from.map_or_else(|| PathBuf::from(value), |from| from.join(value))),
    }
}
