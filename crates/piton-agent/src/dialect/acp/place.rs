//! Where a path leads, with the links that are there today.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

/// More links than this lead nowhere, as for the kernel.
const MOST_LINKS: usize = 40;

/// Follows a path as the kernel would: links are followed, `..` leaves what a
/// link led to, and what is not there yet lies where its name says. `None`
/// where that cannot be told.
pub(super) fn real(path: &Path) -> Option<PathBuf> {
    let mut left: Vec<Step> = steps(path).rev().collect();
    let mut at = PathBuf::new();
    let mut links = 0;
    while let Some(step) = left.pop() {
        match step {
            Step::Top => at = PathBuf::from("/"),
            Step::Up => {
                at.pop();
            }
            Step::Into(name) => {
                at.push(name);
                match std::fs::read_link(&at) {
                    Ok(target) => {
                        links += 1;
                        if links > MOST_LINKS {
                            return None;
                        }
                        at.pop();
                        left.extend(steps(&target).rev());
                    }
                    // Not there, or there and no link.
                    Err(error)
                        if matches!(
                            error.kind(),
                            ErrorKind::NotFound
                                | ErrorKind::InvalidInput
                                | ErrorKind::NotADirectory
                        ) => {}
                    Err(_) => return None,
                }
            }
        }
    }
    Some(at)
}

#[derive(Debug)]
enum Step {
    Top,
    Up,
    Into(OsString),
}

fn steps(path: &Path) -> impl DoubleEndedIterator<Item = Step> {
    path.components().filter_map(|part| match part {
        Component::CurDir => None,
        Component::ParentDir => Some(Step::Up),
        Component::RootDir | Component::Prefix(_) => Some(Step::Top),
        Component::Normal(name) => Some(Step::Into(name.to_owned())),
    })
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
            assert_eq!(real(&top.join(path)), expected, "{path}");
        }
    }
}
