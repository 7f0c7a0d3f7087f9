//! The one file of this crate with `unsafe` in it.
//!
//! A child has to seal itself between fork and exec: earlier would seal piton,
//! later is too late. Only `pre_exec` runs there, and it is unsafe because
//! other threads of piton may have held a lock when the child was made. So all
//! that needs memory is made before, and what runs there are system calls on
//! it. A helper program that seals itself and then becomes the program would
//! need no `unsafe` here, but one more exec for each call, and a program to be
//! found. Landlock's two calls and the one that wakes the loopback device have
//! no safe form in the libraries that piton uses.

#![expect(
    unsafe_code,
    reason = "the calls between fork and exec have no safe form"
)]

use std::ffi::CStr;
use std::io;
use std::mem;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::fs::{Mode, OFlags};
use rustix::process::{getegid, geteuid};

use super::rules::rules;
use crate::seal::Seal;
use crate::wanted::Network;

/// Returns the version of Landlock, 0 where there is none.
pub(crate) fn landlock_version() -> u32 {
    const VERSION: libc::c_long = 1;
    // SAFETY: with this flag and no attributes the kernel only answers.
    let version = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            std::ptr::null::<u8>(),
            0,
            VERSION,
        )
    };
    u32::try_from(version).unwrap_or(0)
}

/// Tries whether a child may be given a network of its own. It never runs a
/// program: the one that it names is not there.
#[expect(
    clippy::disallowed_methods,
    reason = "a child that becomes no program is the only way to try"
)]
pub(crate) fn can_enter_network() -> bool {
    let entry = Entry {
        rules: None,
        network: Own::decide(Network::Loopback),
    };
    let mut command = Command::new("/dev/null/no-program");
    entry.put_on(&mut command);
    let refused = command.spawn().err();
    refused.is_some_and(|error| error.kind() == io::ErrorKind::NotADirectory)
}

/// All that a child needs to seal itself.
#[derive(Debug)]
pub(crate) struct Entry {
    rules: Option<OwnedFd>,
    network: Option<Own>,
}

/// A network of its own, with what is written to enter it.
#[derive(Debug)]
struct Own {
    loopback: bool,
    users: Vec<u8>,
    groups: Vec<u8>,
}

impl Own {
    fn decide(network: Network) -> Option<Self> {
        let loopback = match network {
            Network::On => return None,
            Network::Loopback => true,
            Network::Off => false,
        };
        // Each stays who it is; nobody else has a name in there.
        let (user, group) = (geteuid().as_raw(), getegid().as_raw());
        Some(Self {
            loopback,
            users: format!("{user} {user} 1\n").into_bytes(),
            groups: format!("{group} {group} 1\n").into_bytes(),
        })
    }

    /// Runs in the child: allocates nothing.
    fn enter(&self) -> io::Result<()> {
        // SAFETY: the child has one thread, and shares no memory that these
        // flags would take apart.
        check(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) }.into())?;
        write(c"/proc/self/setgroups", b"deny")?;
        write(c"/proc/self/uid_map", &self.users)?;
        write(c"/proc/self/gid_map", &self.groups)?;
        if self.loopback { wake() } else { Ok(()) }
    }
}

impl Entry {
    pub(crate) fn new(seal: &Seal) -> io::Result<Self> {
        Ok(Self {
            rules: Some(rules(seal)?),
            network: Own::decide(seal.network),
        })
    }

    /// Lets the child of a command seal itself. Where it cannot, the command
    /// is not started.
    pub(crate) fn put_on(self, command: &mut Command) {
        let enter = move || self.enter();
        // SAFETY: `enter` makes system calls on memory that is there already.
        // It takes no lock and allocates nothing, not even for its error.
        unsafe { command.pre_exec(enter) };
    }

    /// Runs in the child: allocates nothing. The network comes first, because
    /// entering it writes below `/proc`, which the rules then forbid.
    fn enter(&self) -> io::Result<()> {
        for capability in WAYS_AROUND {
            // SAFETY: it takes numbers alone. Who may not drop it has none of
            // them, and older kernels do not know them all.
            unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
        }
        if let Some(network) = &self.network {
            network.enter()?;
        }
        let Some(rules) = &self.rules else {
            return Ok(());
        };
        // SAFETY: both take numbers alone; the descriptor is open.
        unsafe {
            check(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).into())?;
            check(libc::syscall(
                libc::SYS_landlock_restrict_self,
                rules.as_raw_fd(),
                0,
            ))
        }
    }
}

/// Capabilities of the superuser that lead around the rules: other programs'
/// memory, devices, modules, handles in place of paths, the machine's network.
/// A program that the superuser starts gets what is left.
const WAYS_AROUND: [libc::c_ulong; 12] = [
    2,  // DAC_READ_SEARCH
    12, // NET_ADMIN
    16, // SYS_MODULE
    17, // SYS_RAWIO
    19, // SYS_PTRACE
    21, // SYS_ADMIN
    22, // SYS_BOOT
    25, // SYS_TIME
    27, // MKNOD
    38, // PERFMON
    39, // BPF
    40, // CHECKPOINT_RESTORE
];

/// What makes a device wake; the C type of flags is wider than the field.
#[expect(clippy::cast_possible_truncation, reason = "it is 1")]
const UP: libc::c_short = libc::IFF_UP as libc::c_short;

/// Wakes the loopback device of the network just entered.
fn wake() -> io::Result<()> {
    let socket = rustix::net::socket_with(
        rustix::net::AddressFamily::INET,
        rustix::net::SocketType::DGRAM,
        rustix::net::SocketFlags::CLOEXEC,
        None,
    )?;
    // SAFETY: an interface request may be all zeroes.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_flags = UP;
    // SAFETY: the request is whole and outlives the call.
    check(
        unsafe {
            libc::ioctl(
                socket.as_raw_fd(),
                libc::SIOCSIFFLAGS as _,
                &raw const request,
            )
        }
        .into(),
    )
}

fn write(path: &CStr, text: &[u8]) -> io::Result<()> {
    let file = rustix::fs::open(path, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())?;
    rustix::io::write(&file, text)?;
    Ok(())
}

fn check(answer: libc::c_long) -> io::Result<()> {
    if answer < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
