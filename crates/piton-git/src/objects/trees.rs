//! What differs between two trees, read from the trees themselves: where both
//! have the same directory nothing is read below it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use super::change::{PathChange, TreeEntry};
use super::reader::{Object, ObjectKind, Objects};
use crate::GitError;

/// What a tree has at one name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    mode: u32,
    id: String,
}

impl Entry {
    fn is_dir(&self) -> bool {
        self.mode & KIND == DIR
    }

    /// The mode as git says it, whatever an old git wrote.
    fn file(self) -> TreeEntry {
        let mode = match self.mode & KIND {
            FILE if self.mode & 0o100 == 0 => 0o100_644,
            FILE => 0o100_755,
            other => other,
        };
        TreeEntry {
            mode: format!("{mode:06o}"),
            object: self.id,
        }
    }
}

const KIND: u32 = 0o170_000;
const DIR: u32 = 0o040_000;
const FILE: u32 = 0o100_000;
const COMMIT: u32 = 0o160_000;

type Entries = BTreeMap<Vec<u8>, Entry>;

/// Returns what differs from one commit or tree to another, sorted by path.
pub(crate) fn changes(
    objects: &Objects,
    from: &str,
    to: &str,
) -> Result<Vec<PathChange>, GitError> {
    let (from, to) = (root(objects, from)?, root(objects, to)?);
    let mut found = Vec::new();
    if from.id != to.id {
        between(
            objects,
            &mut Vec::new(),
            entries(&from)?,
            entries(&to)?,
            &mut found,
        )?;
    }
    found.sort_unstable_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
    Ok(found)
}

/// Returns the files below a directory of a commit, `<commit>:<path>`, by their
/// paths in it; `None` where there is no such directory.
pub(crate) fn files(
    objects: &Objects,
    name: &str,
) -> Result<Option<BTreeMap<PathBuf, TreeEntry>>, GitError> {
    let found = objects.read(name)?;
    let Some(dir) = found.filter(|object| object.kind == ObjectKind::Tree) else {
        return Ok(None);
    };
    let mut all = Vec::new();
    between(
        objects,
        &mut Vec::new(),
        Entries::new(),
        entries(&dir)?,
        &mut all,
    )?;
    let there = |change: PathChange| Some((change.path, change.to?));
    Ok(Some(all.into_iter().filter_map(there).collect()))
}

impl Objects {
    /// Returns what `name` stands for: an id, `<commit>:<path>`,
    /// `<commit>^{tree}`. `None` where there surely is no such object.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Object>, GitError> {
        if name.contains('\n') {
            return Ok(None);
        }
        let Some((commit, path)) = name.split_once(':') else {
            return self.found(name);
        };
        match self.ask(name)? {
            Some(object) => Ok(Some(object)),
            None => at(self, commit, path),
        }
    }
}

/// Returns what a commit has at a path, by its trees; `None` where it surely has
/// nothing there, or a commit of another repository.
fn at(objects: &Objects, commit: &str, path: &str) -> Result<Option<Object>, GitError> {
    let mut here = root(objects, commit)?;
    for name in path.split('/').filter(|name| !name.is_empty()) {
        if here.kind != ObjectKind::Tree {
            return Ok(None);
        }
        let Some(entry) = entries(&here)?.remove(name.as_bytes()) else {
            return Ok(None);
        };
        if entry.mode & KIND == COMMIT {
            return Ok(None);
        }
        let found = objects.read(&entry.id)?;
        here = found.ok_or_else(|| unreadable(&entry.id, "it cannot be opened"))?;
    }
    Ok(Some(here))
}

fn root(objects: &Objects, name: &str) -> Result<Object, GitError> {
    tree(objects, &format!("{name}^{{tree}}"))
}

fn tree(objects: &Objects, name: &str) -> Result<Object, GitError> {
    let found = objects.read(name)?;
    let found = found.filter(|object| object.kind == ObjectKind::Tree);
    found.ok_or_else(|| unreadable(name, "there is no such tree"))
}

fn between(
    objects: &Objects,
    at: &mut Vec<u8>,
    mut from: Entries,
    to: Entries,
    found: &mut Vec<PathChange>,
) -> Result<(), GitError> {
    let mut pairs: Vec<(Vec<u8>, Option<Entry>, Option<Entry>)> = Vec::new();
    for (name, new) in to {
        let old = from.remove(&name);
        if old.as_ref() != Some(&new) {
            pairs.push((name, old, Some(new)));
        }
    }
    pairs.extend(from.into_iter().map(|(name, old)| (name, Some(old), None)));
    for (name, old, new) in pairs {
        let length = at.len();
        if length > 0 {
            at.push(b'/');
        }
        at.extend_from_slice(&name);
        let split = |entry: Option<Entry>| match entry {
            Some(entry) if entry.is_dir() => (Some(entry), None),
            other => (None, other),
        };
        let ((old_dir, old), (new_dir, new)) = (split(old), split(new));
        if old_dir.is_some() || new_dir.is_some() {
            let below = |dir: Option<Entry>| match dir {
                Some(dir) => entries(&tree(objects, &dir.id)?),
                None => Ok(Entries::new()),
            };
            between(objects, at, below(old_dir)?, below(new_dir)?, found)?;
        }
        let (old, new) = (old.map(Entry::file), new.map(Entry::file));
        if old != new {
            found.push(PathChange {
                path: PathBuf::from(OsString::from_vec(at.clone())),
                from: old,
                to: new,
            });
        }
        at.truncate(length);
    }
    Ok(())
}

/// Reads `mode SP name NUL id`, again and again. An id is as long as that of
/// the tree itself.
fn entries(tree: &Object) -> Result<Entries, GitError> {
    parse(&tree.bytes, tree.id.len() / 2)
        .ok_or_else(|| unreadable(&tree.id, "an entry is not as expected"))
}

fn parse(mut bytes: &[u8], length: usize) -> Option<Entries> {
    let mut all = Entries::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|&byte| byte == b' ')?;
        let mode = std::str::from_utf8(&bytes[..space]).ok()?;
        let mode = u32::from_str_radix(mode, 8).ok()?;
        bytes = &bytes[space + 1..];
        let end = bytes.iter().position(|&byte| byte == 0)?;
        let name = bytes[..end].to_vec();
        let id = bytes.get(end + 1..end + 1 + length)?;
        bytes = &bytes[end + 1 + length..];
        let id = piton_base::hex::encode(id);
        all.insert(name, Entry { mode, id });
    }
    Some(all)
}

fn unreadable(name: &str, what: &str) -> GitError {
    GitError::Unreadable {
        command: format!("git cat-file --batch, asked for {name}"),
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_and_torn_ones_are_refused() {
        let mut bytes = b"100644 a b\0".to_vec();
        bytes.extend([0xab; 20]);
        bytes.extend(b"40000 d\0");
        bytes.extend([0x01; 20]);
        let all = parse(&bytes, 20).unwrap();
        assert_eq!(all[&b"a b"[..]].id, "ab".repeat(20));
        assert!(all[&b"d"[..]].is_dir());
        for end in [bytes.len() - 1, 3, 12] {
            assert!(parse(&bytes[..end], 20).is_none(), "{end}");
        }
        assert!(parse(b"999 x\0", 20).is_none());
    }

    #[test]
    fn modes_that_an_old_git_wrote_are_told_as_git_tells_them() {
        let mode = |mode| {
            Entry {
                mode,
                id: String::new(),
            }
            .file()
            .mode
        };
        assert_eq!(mode(0o100_664), "100644");
        assert_eq!(mode(0o100_775), "100755");
        assert_eq!(mode(0o120_000), "120000");
        assert_eq!(mode(0o160_000), "160000");
    }
}
