//! Finds the work folder that belongs to a checkout.

use std::path::{Path, PathBuf};

use piton_durable::{DiskRead, Kind};
use thiserror::Error;

use super::checkout::Checkout;
use super::reference::{PlanRef, RefFile, read_reference};

/// How long a reference may be.
const MOST: u64 = 1 << 20;

const REFERENCES: [&str; 3] = ["plan-ref.json", "ref.json", "issue.json"];

/// A work folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    pub path: PathBuf,
    pub looked: Looked,
}

/// What a folder says about its plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    Plan(PlanRef),
    /// The reference was made before the plan had an id.
    WithoutId,
    Nothing,
    /// A file stands there and cannot be used.
    Unreadable {
        file: String,
        why: String,
    },
}

/// Why no folder was found.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FolderError {
    #[error("no plan reference found: looked for .impl/plan-ref.json, .impl/issue.json and their like up to {}", .0.display())]
    None(PathBuf),
}

/// Finds the folder for a directory of a checkout: the nearest one upwards that
/// names its plan, else the nearest one. One that cannot be read may name a
/// plan, so nothing behind it counts. `branch` is the branch being worked on,
/// wherever its name comes from.
pub fn find_folder(
    disk: &dyn DiskRead,
    checkout: &Checkout,
    directory: &Path,
    branch: Option<&str>,
) -> Result<Folder, FolderError> {
    let mut first = None;
    for level in directory.ancestors() {
        for path in candidates(disk, level, branch) {
            let looked = look_into(disk, &path);
            let folder = Folder { path, looked };
            match folder.looked {
                Looked::Plan(_) => return Ok(folder),
                Looked::Unreadable { .. } => return Ok(first.unwrap_or(folder)),
                Looked::WithoutId | Looked::Nothing => {
                    first.get_or_insert(folder);
                }
            }
        }
        if level == checkout.root {
            break;
        }
    }
    first.ok_or_else(|| FolderError::None(checkout.root.clone()))
}

/// Returns the folders of one directory, in the order in which they count. A
/// folder of another branch is none.
fn candidates(disk: &dyn DiskRead, level: &Path, branch: Option<&str>) -> Vec<PathBuf> {
    let context = level.join(".erk/impl-context");
    let mut paths = Vec::new();
    if let Some(branch) = branch {
        paths.push(context.join(branch.replace('/', "--")));
    }
    paths.push(level.join(".impl"));
    paths.push(level.join(".worker-impl"));
    paths.push(context);
    paths.push(level.join(".erk/branch-data"));
    // If it cannot be looked at, it may be one.
    paths.retain(|path| {
        let stat = disk.stat(path);
        stat.map_or(true, |stat| stat.is_some_and(|stat| stat.kind == Kind::Dir))
    });
    paths
}

/// Reads the reference of a folder; of several files the first that is one.
pub fn look_into(disk: &dyn DiskRead, folder: &Path) -> Looked {
    let mut other = Looked::Nothing;
    for name in REFERENCES {
        let path = folder.join(name);
        match disk.stat(&path) {
            Ok(None) => continue,
            Ok(Some(stat)) if stat.kind == Kind::Symlink => {
                other = unreadable(name, "it is a link, and links are not followed");
                continue;
            }
            Ok(Some(_)) => {}
            Err(error) => {
                other = unreadable(name, &error.to_string());
                continue;
            }
        }
        match disk.read_at_most(&path, MOST) {
            Err(error) => other = unreadable(name, &error.to_string()),
            Ok(bytes) => match read_reference(&bytes) {
                RefFile::Plan(plan) => return Looked::Plan(plan),
                RefFile::WithoutId { .. } => other = Looked::WithoutId,
                RefFile::Unreadable(why) => other = unreadable(name, &why),
            },
        }
    }
    other
}

fn unreadable(file: &str, why: &str) -> Looked {
    Looked::Unreadable {
        file: file.to_owned(),
        why: why.to_owned(),
    }
}
