//! What stands at a path, so that a change of it can be told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use piton_base::Digest;
use piton_durable::{DiskRead, DiskResult, Kind};
use serde::{Deserialize, Serialize};

use super::bytes::Bytes;

/// A file up to this size can be put back.
const KEPT: u64 = 1024 * 1024;
/// A larger one cannot be compared, which counts as a change.
const COMPARED: u64 = 256 * 1024 * 1024;

/// What stands at one path. Links are not followed, but what they lead to is
/// part of what they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Print {
    Missing,
    File {
        mode: u32,
        digest: Digest,
        /// `None` for a large one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<Bytes>,
    },
    Dir {
        mode: u32,
    },
    Link {
        target: Bytes,
        /// `None` where it leads to no file.
        leads_to: Option<Digest>,
    },
    /// A device, a socket, a pipe.
    Other,
    Unreadable,
}

pub(super) type Prints = BTreeMap<PathBuf, Print>;

impl Print {
    pub(super) fn of(disk: &dyn DiskRead, path: &Path) -> Self {
        let Ok(stat) = disk.stat(path) else {
            return Self::Unreadable;
        };
        let Some(stat) = stat else {
            return Self::Missing;
        };
        match stat.kind {
            Kind::Dir => Self::Dir { mode: stat.mode },
            Kind::Other => Self::Other,
            Kind::Symlink => match disk.read_link(path) {
                Ok(target) => match leads_to(disk, path) {
                    Ok(leads_to) => Self::Link {
                        target: Bytes::of(&target),
                        leads_to,
                    },
                    Err(_) => Self::Unreadable,
                },
                Err(_) => Self::Unreadable,
            },
            Kind::File => match disk.read_at_most(path, COMPARED) {
                Ok(bytes) => Self::File {
                    mode: stat.mode,
                    digest: Digest::of(&bytes),
                    bytes: (stat.len <= KEPT).then_some(Bytes(bytes)),
                },
                Err(_) => Self::Unreadable,
            },
        }
    }

    /// Adds what stands at `dir` and below it. A link there is followed once:
    /// people keep their hooks elsewhere. Of a directory with more than `most`
    /// entries only the direct ones are looked at.
    pub(super) fn add_tree(disk: &dyn DiskRead, dir: &Path, most: usize, prints: &mut Prints) {
        let root = Self::of(disk, dir);
        let is_link = matches!(root, Self::Link { .. });
        let is_dir = matches!(root, Self::Dir { .. });
        prints.insert(dir.to_owned(), root);
        let real = if is_link {
            disk.resolve(dir).ok()
        } else {
            None
        };
        let start = match (&real, is_dir) {
            (Some(real), _) => real.as_path(),
            (None, true) => dir,
            (None, false) => return,
        };
        let mut found = Prints::new();
        let mut waiting = vec![start.to_owned()];
        while let Some(here) = waiting.pop() {
            let Ok(entries) = disk.list(&here) else {
                found.insert(here, Self::Unreadable);
                continue;
            };
            for entry in entries {
                let path = here.join(&entry.name);
                if entry.kind == Kind::Dir {
                    waiting.push(path.clone());
                }
                let print = Self::of(disk, &path);
                found.insert(path, print);
            }
            if found.len() >= most {
                found.retain(|path, _| path.parent() == Some(start));
                waiting.clear();
            }
        }
        prints.append(&mut found);
    }
}

/// Returns what is in the file that a link leads to; `None` where it leads to no
/// file, or nowhere.
fn leads_to(disk: &dyn DiskRead, link: &Path) -> DiskResult<Option<Digest>> {
    let real = match disk.resolve(link) {
        Ok(real) => real,
        Err(error) if error.may_pass() => return Err(error),
        Err(_) => return Ok(None),
    };
    match disk.stat(&real)? {
        Some(stat) if stat.kind == Kind::File => {}
        Some(_) | None => return Ok(None),
    }
    match disk.read_at_most(&real, COMPARED) {
        Ok(bytes) => Ok(Some(Digest::of(&bytes))),
        Err(error) if error.may_pass() => Err(error),
        Err(_) => Ok(None),
    }
}

/// Tells whether both are files, with other permissions.
pub(super) fn differ_in_mode(before: Option<&Print>, after: Option<&Print>) -> bool {
    matches!(
        (before, after),
        (Some(Print::File { mode: old, .. }), Some(Print::File { mode: new, .. })) if old != new
    )
}

/// Returns the paths at which something else stands now, or something that
/// cannot be read.
pub(super) fn changed(before: &Prints, after: &Prints) -> Vec<PathBuf> {
    let differs = |path: &PathBuf| {
        let now = after.get(path).unwrap_or(&Print::Missing);
        *now == Print::Unreadable || before.get(path).unwrap_or(&Print::Missing) != now
    };
    let mut paths: Vec<PathBuf> = before.keys().chain(after.keys()).cloned().collect();
    paths.sort_unstable();
    paths.dedup();
    paths.retain(differs);
    paths
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::atomic::{AtomicU32, Ordering};

    use piton_durable::RealDisk;
    use piton_testkit::{SimDisk, TapDisk};

    use super::*;

    fn names(disk: &SimDisk, most: usize) -> Vec<String> {
        let mut prints = Prints::new();
        Print::add_tree(disk, Path::new("/hooks"), most, &mut prints);
        let names = prints.keys().map(|path| path.display().to_string());
        names.collect()
    }

    #[test]
    fn of_too_many_entries_only_the_direct_ones_are_looked_at() {
        let disk = SimDisk::new();
        disk.put("/hooks/a/one", "");
        disk.put("/hooks/a/two", "");
        disk.put("/hooks/pre-push", "");
        let all = [
            "/hooks",
            "/hooks/a",
            "/hooks/a/one",
            "/hooks/a/two",
            "/hooks/pre-push",
        ];
        assert_eq!(names(&disk, 5), all);
        assert_eq!(names(&disk, 4), ["/hooks", "/hooks/a", "/hooks/pre-push"]);
    }

    #[test]
    fn a_file_of_a_mebibyte_can_be_put_back_and_a_larger_one_only_be_compared() {
        let disk = SimDisk::new();
        let kept = |len: u64| {
            disk.put("/hook", vec![b'x'; usize::try_from(len).unwrap()]);
            match Print::of(&disk, Path::new("/hook")) {
                Print::File { bytes, .. } => bytes.is_some(),
                other => panic!("{other:?}"),
            }
        };
        assert!(kept(KEPT));
        assert!(!kept(KEPT + 1));
    }

    /// Returns what a link is taken for, where the disk fails when `path` below
    /// its directory is looked at for this time.
    #[expect(clippy::disallowed_methods, reason = "tests arrange the real world")]
    fn link(to: &str, path: &'static str, time: u32, error: i32) -> Print {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("file"), "text").unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(dir.path().join(to), &link).unwrap();
        let times = AtomicU32::new(0);
        let failing = TapDisk::looking(RealDisk, move |looked| {
            let is_it = looked.ends_with(path);
            if is_it && times.fetch_add(1, Ordering::Relaxed) + 1 == time {
                return Err(io::Error::from_raw_os_error(error));
            }
            Ok(())
        });
        match Print::of(&failing, &link) {
            Print::Link { leads_to, .. } => Print::Link {
                target: Bytes(Vec::new()),
                leads_to,
            },
            other => other,
        }
    }

    #[test]
    fn a_link_is_told_from_others_by_the_file_it_leads_to_if_it_leads_to_one() {
        // What may pass, and what lasts: EIO and EACCES.
        let (passing, lasting) = (5, 13);
        let to = |leads_to| Print::Link {
            target: Bytes(Vec::new()),
            leads_to,
        };
        assert_eq!(link("file", "", 0, 0), to(Some(Digest::of(b"text"))));
        assert_eq!(link("nowhere", "", 0, 0), to(None));
        assert_eq!(link(".", "", 0, 0), to(None));
        // Its resolving is the third look at it, its reading the second at the file.
        for (path, time) in [("link", 3), ("file", 2)] {
            assert_eq!(link("file", path, time, passing), Print::Unreadable);
            assert_eq!(link("file", path, time, lasting), to(None), "{path}");
        }
    }

    #[test]
    fn what_cannot_be_read_differs_from_itself() {
        let prints = Prints::from([
            ("/a".into(), Print::Unreadable),
            ("/b".into(), Print::Missing),
        ]);
        assert_eq!(changed(&prints, &prints), [PathBuf::from("/a")]);
    }
}
