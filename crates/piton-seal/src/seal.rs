//! What a program may do.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use crate::error::SealError;
use crate::look::Look;
use crate::request::Request;
use crate::stores::STORES;
use crate::wanted::Network;

/// Devices that every program may write.
const DEVICES: [&str; 6] = [
    "/dev/null",
    "/dev/shm",
    "/dev/tty",
    "/dev/ptmx",
    "/dev/pts",
    "/dev/full",
];

/// What a program may do: a value, decided before anything is asked of the
/// kernel. Signals and abstract sockets reach only its own processes, always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// What it may write, with all below.
    pub write: BTreeSet<PathBuf>,
    /// What it may read and run, with all below. Names it may list anywhere:
    /// bundlers list every directory above a project, and the kernel knows no
    /// directory without those below it.
    pub read: BTreeSet<PathBuf>,
    /// What is outside `read` on purpose.
    pub hidden: BTreeSet<PathBuf>,
    pub network: Network,
}

impl Seal {
    /// Decides what a run may do that asks for `request`. The kernel cannot
    /// take away from what it granted, so reading is granted beside the hidden
    /// paths, entry by entry.
    pub fn decide(request: &Request, disk: &dyn Look) -> Result<Self, SealError> {
        let mut write = BTreeSet::new();
        for path in &request.write {
            write.insert(
                disk.real(path)
                    .ok_or_else(|| SealError::NotThere { path: path.clone() })?,
            );
        }
        let devices = DEVICES.iter().map(PathBuf::from);
        let optional = request.write_if_there.iter().cloned().chain(devices);
        write.extend(optional.filter_map(|path| disk.real(&path)));
        let hidden = hidden(request, disk);
        let mut read = BTreeSet::new();
        beside(Path::new("/"), &hidden, disk, &mut read)?;
        read.extend(request.read.iter().filter_map(|path| disk.real(path)));
        Ok(Self {
            write,
            read,
            hidden,
            network: request.network,
        })
    }
}

/// Returns the hidden paths that are there, as they are named and as they are.
/// What is not there yet stays hidden too: nothing that appears in a directory
/// that was granted entry by entry can be read.
fn hidden(request: &Request, disk: &dyn Look) -> BTreeSet<PathBuf> {
    let home = request.home.as_deref().and_then(|home| disk.real(home));
    let stores = home
        .iter()
        .flat_map(|home| STORES.iter().map(|store| home.join(store)));
    let named: Vec<PathBuf> = stores.chain(request.hide.iter().cloned()).collect();
    let real = named.iter().filter_map(|path| disk.real(path));
    // A home that is no directory of its own must not hide the whole disk.
    let telling = |path: &PathBuf| path.is_absolute() && path.parent().is_some();
    real.chain(named.iter().cloned()).filter(telling).collect()
}

/// Grants all below `directory` that neither is hidden nor holds what is hidden.
fn beside(
    directory: &Path,
    hidden: &BTreeSet<PathBuf>,
    disk: &dyn Look,
    granted: &mut BTreeSet<PathBuf>,
) -> Result<(), SealError> {
    let names = match disk.names(directory) {
        // What piton cannot list has no entries to grant.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Vec::new(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Vec::new(),
        names => names.map_err(|source| SealError::Look {
            path: directory.to_owned(),
            source,
        })?,
    };
    let entries = hiding(directory, hidden);
    for name in names {
        let path = directory.join(&name);
        match entries.get(name.as_os_str()) {
            None => {
                granted.insert(path);
            }
            Some(Hiding::Below) => beside(&path, hidden, disk, granted)?,
            Some(Hiding::Itself) => {}
        }
    }
    Ok(())
}

/// What an entry of a directory has to do with what is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hiding {
    Itself,
    /// Something below it is hidden.
    Below,
}

/// Returns the entries of a directory that are hidden, or hold what is. The set
/// is sorted by parts of paths: what is below comes right after, and an entry
/// before all below it.
fn hiding<'h>(directory: &Path, hidden: &'h BTreeSet<PathBuf>) -> BTreeMap<&'h OsStr, Hiding> {
    let mut entries = BTreeMap::new();
    let after = hidden.range::<Path, _>((Bound::Excluded(directory), Bound::Unbounded));
    for path in after {
        let Ok(below) = path.strip_prefix(directory) else {
            break;
        };
        let mut parts = below.iter();
        if let Some(name) = parts.next() {
            let kind = match parts.next() {
                None => Hiding::Itself,
                Some(_) => Hiding::Below,
            };
            entries.entry(name).or_insert(kind);
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    /// A disk made of paths; one that ends with `/` is a directory, `a -> b` a
    /// link.
    struct Paper(Vec<&'static str>);

    impl Paper {
        fn paths(&self) -> impl Iterator<Item = &'static str> {
            self.0.iter().filter(|path| !path.contains(" -> ")).copied()
        }
    }

    impl Look for Paper {
        fn names(&self, directory: &Path) -> io::Result<Vec<OsString>> {
            let below = self.paths().filter_map(|path| {
                let rest = Path::new(path).strip_prefix(directory).ok()?;
                Some(rest.components().next()?.as_os_str().to_owned())
            });
            Ok(below.collect::<BTreeSet<_>>().into_iter().collect())
        }

        fn real(&self, path: &Path) -> Option<PathBuf> {
            for (from, to) in self.0.iter().filter_map(|line| line.split_once(" -> ")) {
                if let Ok(rest) = path.strip_prefix(from) {
                    let led = Path::new(to).join(rest).components().collect::<PathBuf>();
                    return self.real(&led);
                }
            }
            self.paths()
                .any(|there| Path::new(there).starts_with(path))
                .then(|| path.to_owned())
        }
    }

    fn decide(paths: &[&'static str], request: &Request) -> Seal {
        Seal::decide(request, &Paper(paths.to_vec())).unwrap()
    }

    fn of_home() -> Request {
        Request {
            home: Some("/home/u".into()),
            ..Request::default()
        }
    }

    fn names(set: &BTreeSet<PathBuf>) -> Vec<&str> {
        set.iter().map(|path| path.to_str().unwrap()).collect()
    }

    const DISK: [&str; 10] = [
        "/usr/bin/git",
        "/dev/null",
        "/home/other/notes",
        "/home/u/.ssh/id",
        "/home/u/.config/gh/hosts.yml",
        "/home/u/.config/nvim/init.lua",
        "/home/u/.cargo/bin/cargo",
        "/home/u/.cargo/credentials.toml",
        "/home/u/code/a.py",
        "/home/u/.netrc",
    ];

    #[test]
    fn all_but_credential_stores_can_be_read_entry_by_entry() {
        let seal = decide(&DISK, &of_home());
        assert_eq!(
            names(&seal.read),
            [
                "/dev",
                "/home/other",
                "/home/u/.cargo/bin",
                "/home/u/.config/nvim",
                "/home/u/code",
                "/usr"
            ]
        );
        assert_eq!(names(&seal.write), ["/dev/null"]);
    }

    #[test]
    fn a_store_that_is_asked_for_can_be_read_again() {
        let request = Request {
            read: vec!["/home/u/.config/gh".into(), "/home/u/.aws".into()],
            ..of_home()
        };
        let seal = decide(&DISK, &request);
        assert!(names(&seal.read).contains(&"/home/u/.config/gh"));
        assert!(
            !names(&seal.read).contains(&"/home/u/.aws"),
            "it is not there"
        );
    }

    #[test]
    fn a_store_that_is_a_link_hides_where_it_leads() {
        let mut disk = DISK.to_vec();
        disk.extend([
            "/home/u/dots/keys/id",
            "/home/u/.gnupg -> /home/u/dots/keys",
        ]);
        let seal = decide(&disk, &of_home());
        assert!(
            !seal
                .read
                .iter()
                .any(|path| path.starts_with("/home/u/dots"))
        );
        assert!(names(&seal.hidden).contains(&"/home/u/dots/keys"));
    }

    #[test]
    fn a_home_that_is_a_link_is_taken_for_what_it_is() {
        let disk = ["/data/u/.ssh/id", "/data/u/code/a", "/home/u -> /data/u"];
        let seal = decide(&disk, &of_home());
        assert_eq!(names(&seal.read), ["/data/u/code"]);
    }

    #[test]
    fn a_store_below_a_hidden_directory_is_hidden_with_it() {
        let request = Request {
            hide: vec!["/home/u/.cargo".into()],
            ..of_home()
        };
        let seal = decide(&DISK, &request);
        assert!(
            !seal
                .read
                .iter()
                .any(|path| path.starts_with("/home/u/.cargo"))
        );
    }

    #[test]
    fn what_must_be_writable_must_be_there() {
        let mut request = of_home();
        request.write_if_there = vec!["/home/u/.claude".into()];
        assert!(Seal::decide(&request, &Paper(DISK.to_vec())).is_ok());
        request.write = vec!["/home/u/slot".into()];
        let error = Seal::decide(&request, &Paper(DISK.to_vec())).unwrap_err();
        assert!(error.to_string().contains("/home/u/slot"), "{error}");
    }

    #[test]
    fn names_that_begin_alike_are_not_mistaken_for_what_lies_below() {
        let disk = ["/home/u/.ssh/id", "/home/u/.ssh-keys/x", "/home/u/.ss/y"];
        let seal = decide(&disk, &of_home());
        assert_eq!(names(&seal.read), ["/home/u/.ss", "/home/u/.ssh-keys"]);
    }
}
