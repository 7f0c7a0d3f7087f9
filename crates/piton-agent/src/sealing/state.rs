//! The state that an agent keeps in the user's home: what of it may change.
//!
//! An agent has to write there: it signs in again, and keeps its sessions. But
//! a hook or a plugin that it leaves there runs later, without a seal, in the
//! user's own sessions. So everything that is not known to be data is put back
//! as it was, and what stood in its place is set aside.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use piton_durable::{Disk, tree};
use serde::{Deserialize, Serialize};

use super::stood::{Was, look, restore, set_aside};
use crate::host::Host;

/// A directory in which an agent keeps its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StateSpec {
    /// From the user's home directory.
    pub directory: PathBuf,
    /// The variable that may say otherwise.
    #[serde(default)]
    pub variable: Option<String>,
    /// What in it is data, and stays as the agent leaves it: names, with `*`
    /// for anything.
    #[serde(default)]
    pub data: Vec<String>,
    /// Folders to which each session adds its own, which it then runs, and from
    /// which it takes it away: that stays so, what was changed is put back.
    #[serde(default)]
    pub grows: Vec<String>,
}

impl StateSpec {
    /// Returns where the directory is for this user.
    pub(crate) fn place(&self, host: &Host) -> Option<PathBuf> {
        let said = self
            .variable
            .as_deref()
            .and_then(|name| host.variable(name));
        let said = said.map(PathBuf::from).filter(|path| path.is_absolute());
        said.or_else(|| Some(PathBuf::from(host.variable("HOME")?).join(&self.directory)))
    }

    /// Tells whether a path that was not there belongs to something that was
    /// added to a folder that grows.
    fn was_added(&self, path: &Path, before: &BTreeMap<PathBuf, Was>) -> bool {
        match self.standing(path) {
            Standing::Outside => false,
            Standing::Folder => true,
            Standing::Entry(entry) => !before.contains_key(&entry),
        }
    }

    /// Tells what a path is to the folders that grow.
    fn standing(&self, path: &Path) -> Standing {
        for folder in self.grows.iter().map(Path::new) {
            if folder.starts_with(path) {
                return Standing::Folder;
            }
            if let Ok(below) = path.strip_prefix(folder)
                && let Some(child) = below.iter().next()
            {
                return Standing::Entry(folder.join(child));
            }
        }
        Standing::Outside
    }

    fn is_data(&self, name: &str) -> bool {
        self.data.iter().any(|data| fits(data, name))
    }
}

/// What a path is to the folders that grow.
enum Standing {
    Outside,
    /// Such a folder, or one above it.
    Folder,
    /// This entry of one, or below it.
    Entry(PathBuf),
}

/// Tells whether a name fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(name) = name.strip_prefix(start) else {
        return false;
    };
    (0..=name.len())
        .filter(|at| name.is_char_boundary(*at))
        .any(|at| fits(rest, &name[at..]))
}

/// The state of an agent before a call.
#[derive(Debug)]
pub struct StateGuard {
    root: PathBuf,
    spec: StateSpec,
    before: BTreeMap<PathBuf, Was>,
}

impl StateGuard {
    /// Remembers what is no data.
    pub(crate) fn before(disk: &dyn Disk, root: PathBuf, spec: StateSpec) -> io::Result<Self> {
        let before = look(disk, &root, |name| spec.is_data(name))?;
        Ok(Self { root, spec, before })
    }

    /// Puts back what the call changed, sets aside below `evidence` what stood
    /// in its place, and returns what that was. What cannot be put back, or
    /// cannot be looked at, is named too.
    pub(crate) fn put_back(&self, disk: &dyn Disk, evidence: &Path) -> Vec<String> {
        let after = match look(disk, &self.root, |name| self.spec.is_data(name)) {
            Ok(after) => after,
            Err(error) => {
                return vec![format!(
                    "{} cannot be looked at: {error}",
                    self.root.display()
                )];
            }
        };
        let mut told = Vec::new();
        // What is new goes first, and the deepest of it, for it may stand where
        // something else belongs.
        for (path, is) in after.iter().rev() {
            let was = self.before.get(path);
            let stays = was.is_none() && self.spec.was_added(path, &self.before);
            if was == Some(is) || stays {
                continue;
            }
            set_aside(disk, &self.root, path, is, evidence);
            let full = self.root.join(path);
            // A directory goes when what was put into it is gone; one that was
            // there before stays.
            let gone = match (was, is) {
                (Some(Was::Dir), Was::Dir) => Ok(()),
                _ => tree::remove(disk, &full),
            };
            let what = if was.is_some() { "changed" } else { "made" };
            let name = full.display();
            told.push(match gone {
                Ok(()) => format!("{name} ({what})"),
                Err(error) => format!("{name} ({what}, and cannot be removed: {error})"),
            });
        }
        for (path, was) in &self.before {
            if after.get(path) == Some(was) {
                continue;
            }
            let full = self.root.join(path);
            let gone = match self.spec.standing(path) {
                Standing::Entry(entry) => !after.contains_key(&entry),
                Standing::Folder | Standing::Outside => false,
            };
            if gone {
                continue;
            }
            if !after.contains_key(path) {
                told.push(format!("{} (removed)", full.display()));
            }
            if let Err(error) = restore(disk, &full, was) {
                told.push(format!("{} (cannot be put back: {error})", full.display()));
            }
        }
        told.sort();
        outermost(told)
    }
}

/// Leaves out what is in a folder that was made with it.
fn outermost(told: Vec<String>) -> Vec<String> {
    const MADE: &str = " (made)";
    let mut kept: Vec<String> = Vec::new();
    let mut folder = None;
    for line in told {
        if let (Some(path), Some(folder)) = (line.strip_suffix(MADE), &folder)
            && Path::new(path).starts_with(folder)
        {
            continue;
        }
        folder = line.strip_suffix(MADE).map(PathBuf::from);
        kept.push(line);
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::fs;

    use piton_durable::RealDisk;

    use super::*;

    struct Fixture {
        _keep: tempfile::TempDir,
        root: PathBuf,
        evidence: PathBuf,
        guard: StateGuard,
    }

    #[expect(clippy::disallowed_methods, reason = "a test plays the agent")]
    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn place() -> Fixture {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join(".agent");
        write(&root.join("settings.json"), "{}");
        write(&root.join("hooks/old"), "old");
        write(&root.join("credentials"), "token");
        write(&root.join("snapshots/1/run"), "of another session");
        std::os::unix::fs::symlink("hooks", root.join("way")).unwrap();
        let spec = StateSpec {
            directory: ".agent".into(),
            variable: None,
            data: vec!["credentials".into(), "session*".into()],
            grows: vec!["snapshots".into()],
        };
        let guard = StateGuard::before(&RealDisk, root.clone(), spec).unwrap();
        Fixture {
            evidence: keep.path().join("evidence"),
            _keep: keep,
            root,
            guard,
        }
    }

    fn names(told: &[String], root: &Path) -> Vec<String> {
        let short = |line: &String| line.replace(&format!("{}/", root.display()), "");
        told.iter().map(short).collect()
    }

    #[test]
    fn what_is_no_data_is_put_back_and_what_stood_there_is_kept_aside() {
        let place = place();
        write(&place.root.join("settings.json"), "{\"hooks\": 1}");
        write(&place.root.join("plugins/new/run"), "evil");
        write(&place.root.join("hooks/old"), "evil");
        let told = place.guard.put_back(&RealDisk, &place.evidence);
        assert_eq!(
            names(&told, &place.root),
            [
                "hooks/old (changed)",
                "plugins (made)",
                "settings.json (changed)"
            ]
        );
        let read = |path: &str| fs::read_to_string(place.root.join(path)).unwrap();
        assert_eq!(
            (read("settings.json"), read("hooks/old")),
            ("{}".into(), "old".into())
        );
        assert!(!place.root.join("plugins").exists());
        let aside =
            |path: &str| fs::read_to_string(place.evidence.join(".agent").join(path)).unwrap();
        assert_eq!(aside("settings.json"), "{\"hooks\": 1}");
        assert_eq!(aside("plugins/new/run"), "evil");
    }

    #[test]
    fn credentials_that_were_refreshed_and_new_sessions_stay() {
        let place = place();
        write(&place.root.join("credentials"), "newer");
        write(&place.root.join("sessions/1"), "s");
        assert_eq!(place.guard.put_back(&RealDisk, &place.evidence), [""; 0]);
        assert_eq!(
            fs::read_to_string(place.root.join("credentials")).unwrap(),
            "newer"
        );
        assert!(place.root.join("sessions/1").exists());
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test plays the agent")]
    fn what_was_removed_or_became_something_else_is_there_again() {
        let place = place();
        fs::remove_dir_all(place.root.join("hooks")).unwrap();
        fs::remove_file(place.root.join("way")).unwrap();
        std::os::unix::fs::symlink("/tmp", place.root.join("hooks")).unwrap();
        let told = place.guard.put_back(&RealDisk, &place.evidence);
        assert!(
            told.iter().any(|line| line.contains("hooks (changed)")),
            "{told:?}"
        );
        assert_eq!(
            fs::read_to_string(place.root.join("way/old")).unwrap(),
            "old"
        );
        assert!(!place.root.join("hooks").is_symlink());
    }

    #[test]
    fn a_session_adds_its_own_to_a_folder_that_grows_and_changes_no_others() {
        let place = place();
        write(&place.root.join("snapshots/2/run"), "own");
        write(&place.root.join("snapshots/1/run"), "evil");
        write(&place.root.join("snapshots/1/git"), "evil");
        let told = place.guard.put_back(&RealDisk, &place.evidence);
        assert_eq!(
            names(&told, &place.root),
            ["snapshots/1/git (made)", "snapshots/1/run (changed)"]
        );
        assert!(place.root.join("snapshots/2/run").exists());
        assert!(!place.root.join("snapshots/1/git").exists());
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test plays the agent")]
    fn a_session_that_takes_its_own_away_is_let_to() {
        let place = place();
        fs::remove_dir_all(place.root.join("snapshots/1")).unwrap();
        assert_eq!(place.guard.put_back(&RealDisk, &place.evidence), [""; 0]);
        assert!(!place.root.join("snapshots/1").exists());
    }

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name, expected) in [
            ("auth*", "auth.json.tmp", true),
            ("*.sqlite*", "state_5.sqlite-wal", true),
            ("*.sqlite*", "settings.json", false),
            ("auth", "author", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_mode_that_was_changed_is_put_back() {
        use std::os::unix::fs::PermissionsExt;
        let place = place();
        let path = place.root.join("hooks/old");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let was = mode(&path);
        RealDisk.set_mode(&path, 0o755).unwrap();
        assert_eq!(place.guard.put_back(&RealDisk, &place.evidence).len(), 1);
        assert_eq!(mode(&path), was);
    }
}
