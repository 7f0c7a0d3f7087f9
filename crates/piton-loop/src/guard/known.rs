//! Git's settings, asked for again only where a file that holds any changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use piton_durable::DiskRead;
use piton_git::{GitError, GitRead, Setting, View, settings as read_settings};

use super::places::{Places, Surroundings};
use super::print::{Print, Prints};

/// Where the machine's own settings may be. They are there long before piton
/// is, or nobody's to write.
const OF_THE_MACHINE: [&str; 3] = [
    "/etc/gitconfig",
    "/usr/local/etc/gitconfig",
    "/opt/homebrew/etc/gitconfig",
];

/// What git said last of the settings, for all that share this.
#[derive(Clone, Debug, Default)]
pub struct KnownSettings(Arc<Mutex<Option<Known>>>);

#[derive(Debug)]
struct Known {
    settings: Arc<[Setting]>,
    prints: Prints,
}

impl KnownSettings {
    /// Returns the settings as they are now. Every file in which they stand, or
    /// might stand, is read; git is asked where one is not as it was.
    pub fn now(
        &self,
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        around: &Surroundings,
    ) -> Result<Arc<[Setting]>, GitError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known
            && prints(disk, known.prints.keys()) == known.prints
        {
            return Ok(Arc::clone(&known.settings));
        }
        let settings: Arc<[Setting]> = read_settings(git)?.into();
        *known = files(disk, git, &settings, around).map(|files| Known {
            settings: Arc::clone(&settings),
            prints: prints(disk, files.iter()),
        });
        // What cannot be read may change without anybody seeing it.
        if let Some(of) = &*known
            && of.prints.values().any(|it| *it == Print::Unreadable)
        {
            *known = None;
        }
        Ok(settings)
    }

    /// Returns what git says before anything is done: settings and references.
    pub(crate) fn view(
        &self,
        disk: &dyn DiskRead,
        git: &dyn GitRead,
        around: &Surroundings,
    ) -> Result<View, GitError> {
        Ok(View {
            settings: self.now(disk, git, around)?.to_vec(),
            refs: git.refs()?,
        })
    }
}

/// Returns all files that can change what git says; `None` where more than
/// files decides about it.
fn files(
    disk: &dyn DiskRead,
    git: &dyn GitRead,
    settings: &[Setting],
    around: &Surroundings,
) -> Option<Vec<PathBuf>> {
    let is_told = |setting: &Setting| {
        let value = setting.value.as_deref().unwrap_or_default();
        let elsewhere =
            value.starts_with('%') || (value.starts_with('~') && !value.starts_with("~/"));
        let more = setting.key.starts_with("includeif.")
            || setting.key.starts_with("include.") && elsewhere;
        !more
    };
    if !settings.iter().all(is_told) {
        return None;
    }
    let mut files = Places::find(disk, git, settings, around).ok()?.settings;
    files.extend(OF_THE_MACHINE.iter().map(PathBuf::from));
    Some(files.into_iter().collect())
}

fn prints<'p>(disk: &dyn DiskRead, files: impl Iterator<Item = &'p PathBuf>) -> Prints {
    let print = |file: &PathBuf| (file.clone(), Print::of(disk, Path::new(file)));
    files.map(print).collect::<BTreeMap<_, _>>()
}
