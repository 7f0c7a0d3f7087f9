//! Taking over objects that somebody else could have written.
//!
//! A filter may write piton's own directory for the slot, and so put an object
//! there under the name of another, or of one that is still to come. So where
//! filters run, names are not taken over: git packs what there is, and the
//! user's git works the names out of the content again.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use piton_base::on_one_line;
use piton_durable::{Disk, Tree};

use super::SlotError;
use super::filters::SlotGit;
use crate::program::GitCommand;
use crate::{CommitId, GitRead};

const TREE: &str = "040000";
const NOTHING: &str = "000000";

/// Returns the objects that a commit brings, or refuses one that changes paths
/// which it was not meant to change.
pub(super) fn named_by(
    own: &SlotGit,
    base: &CommitId,
    commit: &CommitId,
    meant: &BTreeSet<PathBuf>,
) -> Result<BTreeSet<CommitId>, SlotError> {
    let tree = format!("{commit}^{{tree}}");
    let root = own.command()?.args(["rev-parse", "--verify"]).arg(&tree);
    let mut named = BTreeSet::from([commit.clone()]);
    named.extend(root.line()?.parse());
    let listed = (own.command()?)
        .args(["diff-tree", "-r", "-t", "-z", "--no-abbrev"])
        .args(["--no-renames", "--no-ext-diff"])
        .args([base.as_str(), commit.as_str()])
        .run()?;
    let mut fields = listed.split(|&byte| byte == 0);
    while let (Some(head), Some(path)) = (fields.next(), fields.next()) {
        let head = String::from_utf8_lossy(head);
        // `:OLD-MODE NEW-MODE OLD-ID NEW-ID STATUS`
        let mut words = head.trim_start_matches(':').split(' ');
        let (old, new, id) = (words.next(), words.next(), words.nth(1));
        let path = Path::new(OsStr::from_bytes(path));
        let is_tree = new == Some(TREE) || (new == Some(NOTHING) && old == Some(TREE));
        if !is_tree && !meant.contains(path) {
            return Err(SlotError::Smuggled {
                path: path.to_owned(),
            });
        }
        named.extend(id.and_then(|id| id.parse().ok()));
    }
    Ok(named)
}

/// Brings those objects of piton's own directory, which holds `found`, that are
/// wanted into the user's store, durably. What names an object that has not
/// come is refused.
pub(super) fn hand_over(
    disk: &dyn Disk,
    own: &SlotGit,
    found: &Tree,
    git: &dyn GitRead,
    wanted: &BTreeSet<CommitId>,
) -> Result<(), SlotError> {
    let objects = own.own.join("objects");
    let mut names = BTreeSet::new();
    for node in &found.nodes {
        let path = Path::new(&node.path);
        if path.extension().is_some_and(|end| end == "idx") {
            let index = objects.join(path);
            let bytes = disk.read(&index)?;
            let listed = own.command()?.arg("show-index").run_with(&bytes)?;
            let listed = String::from_utf8_lossy(&listed);
            let second = |line: &str| line.split(' ').nth(1)?.parse().ok();
            names.extend(listed.lines().filter_map(second));
        } else if let Ok(name) = node.path.replace('/', "").parse::<CommitId>() {
            names.insert(name);
        }
    }
    names.retain(|name| wanted.contains(name));
    if names.is_empty() {
        return Ok(());
    }
    let mut list = String::new();
    for name in &names {
        list.push_str(name.as_str());
        list.push('\n');
    }
    let refused = |error: crate::GitError| SlotError::Forged {
        what: on_one_line(&error),
    };
    let pack = own
        .command()?
        // Each object is packed whole, never as a difference to another.
        .args(["pack-objects", "--quiet", "--stdout"])
        .args(["--window=0", "--no-reuse-delta"])
        .run_with(list.as_bytes())
        .map_err(refused)?;
    GitCommand::quietly(git.top())
        .args(["unpack-objects", "-q", "--strict"])
        .run_with(&pack)
        .map_err(refused)?;
    let store = git.common_dir().join("objects");
    let shelves: BTreeSet<&str> = names.iter().map(|name| &name.as_str()[..2]).collect();
    for shelf in shelves {
        let dir = store.join(shelf);
        // An object that was stored under a wrong name is now under its own.
        let there = disk.stat(&dir)?.is_some();
        if there {
            disk.sync_dir(&dir)?;
        }
    }
    Ok(disk.sync_dir(&store)?)
}
