//! The two git directories of a slot: the agent's and piton's own.
//!
//! Both are written file by file, without running git.

use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use piton_durable::{Disk, DiskRead, Kind, Stat, create_dirs, tree};

use super::borrowed::Borrowed;
use super::{SlotError, lfs};
use crate::CommitId;

/// Makes the `.git` of a slot: whatever was in its place is gone, hooks and
/// commits of an earlier agent with it.
pub(super) fn make_agents(
    disk: &dyn Disk,
    slot: &Path,
    own: &Path,
    borrowed: &Borrowed,
    commit: &CommitId,
) -> Result<(), SlotError> {
    let git = slot.join(".git");
    let files = [
        Some(("config", agents_config(borrowed).into_bytes())),
        Some(("packed-refs", names(borrowed).into_bytes())),
        Some(("HEAD", format!("{commit}\n").into_bytes())),
        // Both look at the same files, so what piton knows of them is true here
        // too.
        Some(("index", disk.read(&own.join("index"))?)),
    ];
    let bare = bare_files(borrowed, alternates(borrowed));
    let files: Vec<_> = files.into_iter().chain(bare).flatten().collect();
    // One that holds nothing else is repaired, which is less than making it.
    if mend(disk, &git, &files).is_ok_and(|mended| mended) {
        return Ok(());
    }
    tree::remove(disk, &git)?;
    make_dirs(disk, &git)?;
    for (name, bytes) in &files {
        put(disk, &git.join(name), bytes)?;
    }
    Ok(())
}

/// Makes the files of a directory be these, where there are no others; tells
/// whether that was so. Nothing there is followed or believed.
fn mend(disk: &dyn Disk, git: &Path, files: &[(&str, Vec<u8>)]) -> Result<bool, SlotError> {
    let is_known = |path: &str, kind: Kind| match kind {
        Kind::Dir => DIRECTORIES.contains(&path),
        Kind::File => files.iter().any(|(name, _)| *name == path),
        Kind::Symlink | Kind::Other => false,
    };
    let may_write = |mode: u32| mode & 0o600 == 0o600;
    for dir in DIRECTORIES {
        let place = git.join(dir);
        let is_ours = |stat: Stat| stat.kind == Kind::Dir && may_write(stat.mode);
        if !disk.stat(&place)?.is_some_and(is_ours) {
            return Ok(false);
        }
        for entry in disk.list(&place)? {
            let below = Path::new(dir).join(&entry.name);
            if !below
                .to_str()
                .is_some_and(|path| is_known(path, entry.kind))
            {
                return Ok(false);
            }
        }
    }
    for (name, bytes) in files {
        let path = git.join(name);
        if let Some(there) = disk.stat(&path)? {
            let is_as_long = there.len == bytes.len() as u64 && may_write(there.mode);
            if is_as_long && disk.read(&path)? == *bytes {
                continue;
            }
            disk.remove_file(&path)?;
        }
        put(disk, &path, bytes)?;
    }
    Ok(true)
}

/// Returns what an agent has changed in the `.git` of its slot, to be told. It
/// stays there and changes nothing that piton looks at.
pub(super) fn changed_by_agent(
    disk: &dyn DiskRead,
    slot: &Path,
    borrowed: &Borrowed,
    commit: &CommitId,
) -> Vec<&'static str> {
    let git = slot.join(".git");
    let is_dir = |path: &Path| {
        disk.stat(path)
            .is_ok_and(|stat| stat.is_some_and(|stat| stat.kind == Kind::Dir))
    };
    if !is_dir(&git) {
        return vec![".git itself"];
    }
    let is = |name: &str, expected: &str| {
        disk.read(&git.join(name))
            .is_ok_and(|bytes| bytes == expected.as_bytes())
    };
    let no_files = |name: &str| {
        let dir = git.join(name);
        match disk.stat(&dir) {
            Ok(None) => true,
            Ok(Some(_)) => tree::walk(disk, &dir).is_ok_and(|tree| {
                tree.is_none_or(|tree| tree.nodes.iter().all(|n| n.kind == tree::NodeKind::Dir))
            }),
            Err(_) => false,
        }
    };
    let mut changed = Vec::new();
    if !is("HEAD", &format!("{commit}\n")) {
        changed.push("HEAD");
    }
    if !is("packed-refs", &names(borrowed)) || !no_files("refs") {
        changed.push("references");
    }
    if !is("config", &agents_config(borrowed)) {
        changed.push("config");
    }
    if !no_files("hooks") {
        changed.push("hooks");
    }
    changed
}

/// Makes piton's own git directory for a slot, with no index yet.
pub(super) fn make_own(disk: &dyn Disk, own: &Path, borrowed: &Borrowed) -> Result<(), SlotError> {
    tree::remove(disk, own)?;
    create_dirs(disk, own)?;
    make_bare(disk, own, borrowed, own_alternates(own, borrowed))?;
    if let Some(storage) = &borrowed.lfs {
        lfs::lend(disk, own, storage)?;
    }
    put(disk, &own.join("config"), borrowed.config().as_bytes())?;
    put(disk, &own.join("HEAD"), b"ref: refs/heads/none\n")
}

/// Tells whether piton's own directory was made from these very settings.
pub(super) fn is_current(disk: &dyn DiskRead, own: &Path, borrowed: &Borrowed) -> bool {
    let same = |name: &str, expected: Option<&[u8]>| {
        let path = own.join(name);
        match (disk.stat(&path), expected) {
            (Ok(None), None) => true,
            (Ok(Some(_)), Some(expected)) => disk.read(&path).is_ok_and(|found| found == expected),
            _ => false,
        }
    };
    same("config", Some(borrowed.config().as_bytes()))
        && same("info/exclude", borrowed.exclude.as_deref())
        && same("info/attributes", borrowed.attributes.as_deref())
        && same("shallow", borrowed.shallow.as_deref())
        && same(
            "objects/info/alternates",
            Some(&own_alternates(own, borrowed)),
        )
        && lfs::is_lent(own, borrowed.lfs.as_deref())
}

fn make_bare(
    disk: &dyn Disk,
    git: &Path,
    borrowed: &Borrowed,
    alternates: Vec<u8>,
) -> Result<(), SlotError> {
    make_dirs(disk, git)?;
    for (name, bytes) in bare_files(borrowed, alternates).into_iter().flatten() {
        put(disk, &git.join(name), &bytes)?;
    }
    Ok(())
}

/// The directories of a git directory, those above before those below.
const DIRECTORIES: [&str; 5] = ["", "objects", "objects/info", "refs", "info"];

fn make_dirs(disk: &dyn Disk, git: &Path) -> Result<(), SlotError> {
    for dir in DIRECTORIES {
        let dir = git.join(dir);
        if disk.stat(&dir)?.is_none() {
            disk.create_dir(&dir)?;
        }
    }
    Ok(())
}

/// What both git directories of a slot have.
fn bare_files(borrowed: &Borrowed, alternates: Vec<u8>) -> [Option<(&'static str, Vec<u8>)>; 4] {
    [
        Some(("objects/info/alternates", alternates)),
        borrowed.exclude.clone().map(|it| ("info/exclude", it)),
        borrowed
            .attributes
            .clone()
            .map(|it| ("info/attributes", it)),
        borrowed.shallow.clone().map(|it| ("shallow", it)),
    ]
}

fn agents_config(borrowed: &Borrowed) -> String {
    // A path that is no directory: no hooks, whatever the user's settings say.
    borrowed.config() + "[core]\n\thooksPath = /dev/null\n"
}

fn alternates(borrowed: &Borrowed) -> Vec<u8> {
    lent(&borrowed.objects)
}

/// One line of the file. A line is one path, so git reads a path with a line
/// break in it only in quotes.
fn lent(objects: &Path) -> Vec<u8> {
    let path = objects.as_os_str().as_bytes();
    if !path.contains(&b'\n') {
        return [path, b"\n"].concat();
    }
    let mut line = vec![b'"'];
    for &byte in path {
        match byte {
            b'\n' => line.extend_from_slice(b"\\n"),
            b'"' | b'\\' => line.extend_from_slice(&[b'\\', byte]),
            _ => line.push(byte),
        }
    }
    line.extend_from_slice(b"\"\n");
    line
}

/// The alternates of piton's own directory, which lends the user's files of git-lfs.
fn own_alternates(own: &Path, borrowed: &Borrowed) -> Vec<u8> {
    let mut lines = alternates(borrowed);
    if borrowed.lfs.is_some() {
        lines.extend(lent(&lfs::lent_objects(own)));
    }
    lines
}

/// The user's branches and tags, as names to read.
fn names(borrowed: &Borrowed) -> String {
    let mut text = String::from("# pack-refs with: sorted \n");
    for (name, id) in &borrowed.names {
        if name.starts_with("refs/heads/") || name.starts_with("refs/tags/") {
            let _ = writeln!(text, "{id} {name}");
        }
    }
    text
}

pub(super) fn put(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> Result<(), SlotError> {
    Ok(disk.write_new(path, bytes, 0o644)?)
}
