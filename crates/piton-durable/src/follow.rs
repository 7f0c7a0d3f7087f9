//! Following links on purpose, to see where they lead, without opening anything.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::disk::{DiskRead, Kind};

/// Longer chains of links are taken for loops, as the kernel does.
const MAX_LINKS: u32 = 40;

/// Where a path really leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The path without links, `.` or `..`.
    pub path: PathBuf,
    /// What stands there; `None` where nothing does.
    pub kind: Option<Kind>,
}

/// Follows an absolute path as the kernel would: links are followed, `..` leaves
/// what a link led to, and what does not exist is where its name says.
pub fn follow(disk: &dyn DiskRead, path: &Path) -> io::Result<Followed> {
    let mut pending: Vec<OsString> = Vec::new();
    push_components(&mut pending, path);
    let mut at = PathBuf::from("/");
    let mut kind = Some(Kind::Dir);
    let mut links = 0;
    while let Some(name) = pending.pop() {
        if name == ".." {
            at.pop();
            kind = Some(Kind::Dir);
            continue;
        }
        at.push(&name);
        kind = match kind {
            Some(Kind::Dir) => disk.stat(&at)?.map(|stat| stat.kind),
            // Below a file, or below nothing, there is nothing.
            Some(Kind::File | Kind::Symlink | Kind::Other) | None => None,
        };
        if kind == Some(Kind::Symlink) {
            links += 1;
            if links > MAX_LINKS {
                return Err(io::Error::other("too many links"));
            }
            let target = disk.read_link(&at)?;
            at.pop();
            if target.is_absolute() {
                at = PathBuf::from("/");
            }
            kind = Some(Kind::Dir);
            push_components(&mut pending, &target);
        }
    }
    Ok(Followed { path: at, kind })
}

/// Puts a path's components on a stack, the first on top.
fn push_components(stack: &mut Vec<OsString>, path: &Path) {
    stack.extend(path.components().rev().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test arranges the real world")]
    fn links_are_followed_and_what_is_missing_lies_where_its_name_says() {
        let dir = tempfile::TempDir::new().unwrap();
        let top = dir.path().canonicalize().unwrap();
        std::fs::create_dir_all(top.join("slot/src")).unwrap();
        std::fs::create_dir_all(top.join("home/deep")).unwrap();
        symlink(top.join("home/deep"), top.join("slot/out")).unwrap();
        symlink("src", top.join("slot/in")).unwrap();
        symlink("loop", top.join("slot/loop")).unwrap();
        for (path, expected) in [
            ("slot/src/new.rs", Some("slot/src/new.rs")),
            ("slot/none/../new.rs", Some("slot/new.rs")),
            ("slot/in/new.rs", Some("slot/src/new.rs")),
            ("slot/out/new.rs", Some("home/deep/new.rs")),
            // The kernel goes up from where the link led to.
            ("slot/out/../new.rs", Some("home/new.rs")),
            ("slot/loop", None),
        ] {
            let expected = expected.map(|path| top.join(path));
            let led = follow(&crate::RealDisk, &top.join(path)).ok();
            assert_eq!(led.map(|led| led.path), expected, "{path}");
        }
    }
}
