//! The table of what is tried.

#![expect(
    clippy::disallowed_methods,
    reason = "here the forbidden is tried, with the raw calls that a stranger would use"
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use rustix::process::{Pid, Signal};

use super::ground::Ground;
use super::row::{Expected, Outcome, Row, Section};

/// One thing to try. What is refused has to be refused by the kernel; trying
/// again is harmless, and so is success.
struct Attempt {
    what: &'static str,
    expected: Expected,
    act: fn(&Ground) -> io::Result<()>,
}

const fn attempt(
    what: &'static str,
    expected: Expected,
    act: fn(&Ground) -> io::Result<()>,
) -> Attempt {
    Attempt {
        what,
        expected,
        act,
    }
}

use Expected::{Open, Refused, RefusedIfSignals, RefusedIfTruncating, Works};

const ALWAYS: &[Attempt] = &[
    attempt("write a file in its slot", Works, |g| {
        fs::write(g.slot().join("new"), "x")
    }),
    attempt("write a file in its temporary directory", Works, |g| {
        fs::write(g.temporary().join("new"), "x")
    }),
    attempt("rename and link within its slot", Works, |g| {
        let at = |name: &str| g.slot().join(name);
        fs::create_dir_all(at("d"))?;
        fs::rename(at("new"), at("d/new"))?;
        fs::hard_link(at("d/new"), at("linked"))
    }),
    attempt("write to /dev/null", Works, |_| fs::write("/dev/null", "x")),
    attempt("read what is no secret", Works, |g| {
        read(&g.tree().join("a.py"))
    }),
    attempt("run a program, and end it", Works, |_| {
        let mut child = Command::new("sleep")
            .arg("60")
            .stdin(Stdio::null())
            .spawn()?;
        child.kill()?;
        child.wait().map(|_| ())
    }),
    attempt("write a file of the user's", Refused, |g| {
        let mut file = OpenOptions::new()
            .append(true)
            .open(g.tree().join("a.py"))?;
        file.write_all(b"x")
    }),
    attempt("write one in the user's home", Refused, |g| {
        let Some(home) = &g.home else {
            return Err(skip("there is no home directory"));
        };
        let path = home.join(format!(".piton-selftest-{}", g.outside));
        File::create_new(&path)?;
        fs::remove_file(path)
    }),
    attempt("make a file beside the user's", Refused, |g| {
        File::create_new(g.tree().join("new")).map(|_| ())
    }),
    attempt("make a directory there", Refused, |g| {
        fs::create_dir(g.tree().join("new"))
    }),
    attempt("make a symbolic link there", Refused, |g| {
        symlink("a.py", g.tree().join("new"))
    }),
    attempt("remove a file of the user's", Refused, |g| {
        fs::remove_file(g.tree().join("a.py"))
    }),
    attempt("rename one", Refused, |g| {
        fs::rename(g.tree().join("a.py"), g.tree().join("b.py"))
    }),
    attempt("move one into the slot", Refused, |g| {
        fs::rename(g.tree().join("a.py"), g.slot().join("a.py"))
    }),
    attempt("move its own file over one", Refused, |g| {
        fs::rename(g.slot().join("own"), g.tree().join("a.py"))
    }),
    attempt("exchange its own file with one", Refused, |g| {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        let (own, theirs) = (g.slot().join("own"), g.tree().join("a.py"));
        Ok(renameat_with(CWD, own, CWD, theirs, RenameFlags::EXCHANGE)?)
    }),
    attempt(
        "mount its own directory over the user's",
        Refused,
        mount_over,
    ),
    attempt(
        "link one into the slot, to write through the link",
        Refused,
        |g| fs::hard_link(g.tree().join("a.py"), g.slot().join("theirs")),
    ),
    attempt("truncate one", RefusedIfTruncating, |g| {
        truncate(&g.tree().join("a.py"))
    }),
    attempt("write git's settings", Refused, |g| {
        let mut file = OpenOptions::new()
            .append(true)
            .open(g.tree().join(".git/config"))?;
        file.write_all(b"x")
    }),
    attempt("plant a hook", Refused, |g| {
        File::create_new(g.tree().join(".git/hooks/post-checkout")).map(|_| ())
    }),
    attempt("make a disk's device in the slot", Refused, |g| {
        let device = rustix::fs::makedev(7, 0);
        let kind = rustix::fs::FileType::BlockDevice;
        let path = g.slot().join("disk");
        rustix::fs::mknodat(rustix::fs::CWD, &path, kind, rustix::fs::Mode::RUSR, device)?;
        Ok(())
    }),
    attempt("read a credential store", Refused, |g| {
        read(&g.store().join("key"))
    }),
    attempt("read it through a link", Refused, |g| {
        read(&g.tree().join("way/key"))
    }),
    attempt("link its file into the slot", Refused, |g| {
        fs::hard_link(g.store().join("key"), g.slot().join("key"))
    }),
    attempt("read the environment of piton", Refused, |g| {
        read(Path::new(&format!("/proc/{}/environ", g.outside)))
    }),
    attempt("read the memory of piton", Refused, |g| {
        File::open(format!("/proc/{}/mem", g.outside)).map(|_| ())
    }),
    attempt(
        "signal a process that is not its own",
        RefusedIfSignals,
        |g| {
            let process = i32::try_from(g.outside).ok().and_then(Pid::from_raw);
            // A signal that does nothing to a process that is not stopped.
            Ok(rustix::process::kill_process(
                process.ok_or(io::ErrorKind::InvalidInput)?,
                Signal::CONT,
            )?)
        },
    ),
    attempt(
        "connect to an abstract socket outside",
        RefusedIfSignals,
        |g| abstract_connect(&g.socket),
    ),
    attempt("list the names in a credential store", Open, |g| {
        fs::read_dir(g.store()).map(|_| ())
    }),
    attempt(
        "change the permissions of a file of the user's",
        Open,
        |g| {
            let path = g.tree().join("a.py");
            let as_it_is = fs::metadata(&path)?.permissions().mode();
            fs::set_permissions(path, fs::Permissions::from_mode(as_it_is))
        },
    ),
    attempt("change the times of one", Open, |g| {
        File::open(g.tree().join("a.py"))?.set_modified(SystemTime::now())
    }),
    attempt("connect to a socket file outside", Open, |g| {
        UnixStream::connect(g.unix_socket()).map(|_| ())
    }),
];

const NETWORK: &[Attempt] = &[
    attempt("connect to a server of the user's", Refused, |g| {
        let address = ([127, 0, 0, 1], g.tcp).into();
        TcpStream::connect_timeout(&address, Duration::from_secs(2)).map(|_| ())
    }),
    attempt("connect to the world", Refused, |_| {
        // An address for documents: nobody answers there. What counts is
        // whether there is a way at all.
        let address = ([192, 0, 2, 1], 80).into();
        match TcpStream::connect_timeout(&address, Duration::from_millis(500)) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(()),
            tried => tried.map(|_| ()),
        }
    }),
    attempt("send a packet into the world", Refused, |_| {
        let socket = UdpSocket::bind(("0.0.0.0", 0))?;
        socket.send_to(b"x", ("192.0.2.1", 53)).map(|_| ())
    }),
];

/// Tries everything of a section. Runs in the sealed child.
pub fn try_all(ground: &Ground, section: Section) -> Vec<Row> {
    let table = match section {
        Section::Always => ALWAYS,
        Section::Network => NETWORK,
    };
    let row = |attempt: &Attempt| Row {
        what: attempt.what.to_owned(),
        expected: attempt.expected,
        outcome: outcome((attempt.act)(ground)),
    };
    let mut rows: Vec<Row> = table.iter().map(row).collect();
    if section == Section::Always {
        rows.extend(ground.stores.iter().map(|store| Row {
            what: format!("read {}", store.display()),
            expected: Refused,
            outcome: outcome(read_below(store)),
        }));
    }
    rows
}

fn outcome(result: io::Result<()>) -> Outcome {
    match result {
        Ok(()) => Outcome::Worked,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Outcome::Skipped("it is not there".to_owned())
        }
        Err(error) if error.kind() == io::ErrorKind::Other => Outcome::Skipped(error.to_string()),
        Err(error) => Outcome::Refused(plain(&error)),
    }
}

/// The kernel's words, without the number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}

fn skip(why: &'static str) -> io::Error {
    io::Error::other(why)
}

fn read(path: &Path) -> io::Result<()> {
    let mut byte = [0];
    File::open(path)?.read(&mut byte).map(|_| ())
}

/// Reads the first file that is found below a path.
fn read_below(path: &Path) -> io::Result<()> {
    if !path.is_dir() {
        return read(path);
    }
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else if entry.file_type()?.is_file() {
                return read(&entry.path());
            }
        }
    }
    Err(skip("it is empty"))
}

/// Cuts a file off by its name; the standard library only does it to an open
/// file, and opening it for writing is another attempt.
fn truncate(path: &Path) -> io::Result<()> {
    let status = Command::new("truncate")
        .args(["--no-create", "--size", "0"])
        .arg(path)
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(io::ErrorKind::PermissionDenied.into()),
        Err(_) => Err(skip("there is no program truncate")),
    }
}

/// Tries it where it would be the superuser: in namespaces of its own.
fn mount_over(ground: &Ground) -> io::Result<()> {
    let mut unshare = Command::new("unshare");
    unshare
        .args(["--user", "--map-root-user", "--mount", "mount", "--bind"])
        .args([ground.slot(), ground.tree()])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match unshare.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(io::ErrorKind::PermissionDenied.into()),
        Err(_) => Err(skip("there is no program unshare")),
    }
}

#[cfg(target_os = "linux")]
fn abstract_connect(name: &str) -> io::Result<()> {
    use std::os::linux::net::SocketAddrExt;
    let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
    UnixStream::connect_addr(&address).map(|_| ())
}

#[cfg(not(target_os = "linux"))]
fn abstract_connect(_name: &str) -> io::Result<()> {
    Err(skip("there are no abstract sockets here"))
}
