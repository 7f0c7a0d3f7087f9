//! A place where forbidden things can be tried without harm.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing on this ground need survive"
)]

use std::fs;
use std::io;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Where everything is; known to both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    pub root: PathBuf,
    /// The user's home, and the credential stores that are in it.
    pub home: Option<PathBuf>,
    pub stores: Vec<PathBuf>,
    /// The process outside that signals must not reach.
    pub outside: u32,
    /// Where servers outside listen.
    pub tcp: u16,
    pub udp: u16,
    /// The name of an abstract socket outside.
    pub socket: String,
}

/// The ground with what listens on it.
#[derive(Debug)]
pub struct Laid {
    pub ground: Ground,
    _tcp: TcpListener,
    _udp: UdpSocket,
    _abstract: Option<UnixListener>,
    _socket: UnixListener,
}

impl Ground {
    /// Lays a ground in an empty directory.
    pub fn lay(root: &Path, home: Option<&Path>, stores: Vec<PathBuf>) -> io::Result<Laid> {
        for folder in ["slot", "tmp", "tree/.git/hooks", "store"] {
            fs::create_dir_all(root.join(folder))?;
        }
        for file in ["tree/a.py", "tree/.git/config", "store/key", "slot/own"] {
            fs::write(root.join(file), "as it was\n")?;
        }
        std::os::unix::fs::symlink(root.join("store"), root.join("tree/way"))?;
        let tcp = TcpListener::bind("127.0.0.1:0")?;
        let udp = UdpSocket::bind("127.0.0.1:0")?;
        let name = format!("piton-selftest-{}", std::process::id());
        let ground = Self {
            root: root.to_owned(),
            home: home.map(Path::to_owned),
            stores,
            outside: std::process::id(),
            tcp: tcp.local_addr()?.port(),
            udp: udp.local_addr()?.port(),
            socket: name.clone(),
        };
        Ok(Laid {
            _abstract: abstract_listener(&name),
            _socket: UnixListener::bind(ground.unix_socket())?,
            ground,
            _tcp: tcp,
            _udp: udp,
        })
    }

    /// Where the sealed child may write.
    pub fn slot(&self) -> PathBuf {
        self.root.join("slot")
    }

    /// Its own temporary directory.
    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// What stands for the user's repository.
    pub fn tree(&self) -> PathBuf {
        self.root.join("tree")
    }

    /// What stands for a credential store.
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    pub(super) fn unix_socket(&self) -> PathBuf {
        self.root.join("tree/socket")
    }

    /// Tells what of the user's was changed: nothing may be.
    pub fn changed(&self) -> Vec<String> {
        let whole = |file: &&str| {
            fs::read_to_string(self.root.join(file)).is_ok_and(|text| text == "as it was\n")
        };
        let files = ["tree/a.py", "tree/.git/config", "store/key"];
        let mut changed: Vec<String> = files
            .iter()
            .filter(|file| !whole(file))
            .map(ToString::to_string)
            .collect();
        for (folder, names) in [
            ("tree", 4),
            ("tree/.git", 2),
            ("tree/.git/hooks", 0),
            ("store", 1),
        ] {
            let there = fs::read_dir(self.root.join(folder)).map(Iterator::count);
            if there.ok() != Some(names) {
                changed.push(folder.to_owned());
            }
        }
        changed
    }
}

#[cfg(target_os = "linux")]
fn abstract_listener(name: &str) -> Option<UnixListener> {
    use std::os::linux::net::SocketAddrExt;
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name).ok()?;
    UnixListener::bind_addr(&address).ok()
}

#[cfg(not(target_os = "linux"))]
fn abstract_listener(_name: &str) -> Option<UnixListener> {
    None
}
