//! The one file of this crate with `unsafe` in it.
//!
//! Watching needs `ptrace` and `waitpid` with Linux's own flags, for which
//! neither the standard library nor rustix has a safe form, and a child that
//! asks to be watched between fork and exec. Everything here takes numbers or
//! memory that outlives the call; what it means is said elsewhere.

#![expect(unsafe_code, reason = "ptrace has no safe form")]

use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::filter::filter;
use crate::trace::point::Watch;

/// What happened to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    Exited(i32),
    Signalled(i32),
    /// Stopped by a signal that is not delivered yet.
    Stopped(i32),
    /// Stopped because of one of the kernel's own events.
    Event(i32),
}

/// A system call that is about to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) arguments: [u64; 6],
}

/// Lets the child of a command ask to be watched by the thread that starts it.
pub(super) fn watch(command: &mut Command, watch: Watch) {
    let program = filter(watch);
    let ask = move || {
        let length = u16::try_from(program.len()).unwrap_or(u16::MAX);
        let filter = libc::sock_fprog {
            len: length,
            filter: program.as_ptr().cast_mut(),
        };
        // SAFETY: the program lives as long as the closure, and the kernel only
        // reads it.
        unsafe {
            check(libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0))?;
            check(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).into())?;
            let mode = libc::SECCOMP_MODE_FILTER;
            check(libc::prctl(libc::PR_SET_SECCOMP, mode, &raw const filter).into())
        }
    };
    // SAFETY: `ask` makes system calls on memory that is there already. It
    // takes no lock and allocates nothing.
    unsafe { command.pre_exec(ask) };
}

/// Waits for the next thing that happens to any process that this thread
/// watches. Returns nothing when there is none left.
pub(super) fn wait() -> io::Result<Option<(i32, Happened)>> {
    let mut status = 0;
    let flags = libc::__WALL | libc::__WNOTHREAD;
    let process = loop {
        // SAFETY: the status outlives the call.
        let process = unsafe { libc::waitpid(-1, &raw mut status, flags) };
        if process >= 0 {
            break process;
        }
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::EINTR) => {}
            Some(libc::ECHILD) => return Ok(None),
            _ => return Err(error),
        }
    };
    let happened = if libc::WIFEXITED(status) {
        Happened::Exited(libc::WEXITSTATUS(status))
    } else if libc::WIFSIGNALED(status) {
        Happened::Signalled(libc::WTERMSIG(status))
    } else if status >> 16 != 0 {
        Happened::Event(status >> 16)
    } else {
        Happened::Stopped(libc::WSTOPSIG(status))
    };
    Ok(Some((process, happened)))
}

/// Has the kernel watch all that a process starts, and kill all when this
/// thread ends.
pub(super) fn follow_all(process: i32) -> io::Result<()> {
    let options = libc::PTRACE_O_TRACESECCOMP
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEEXEC
        | libc::PTRACE_O_EXITKILL;
    // SAFETY: it takes numbers alone.
    check(unsafe { libc::ptrace(libc::PTRACE_SETOPTIONS, process, 0, options) })
}

/// Lets a stopped process go on, and gives it a signal unless that is 0. One
/// that is gone meanwhile has no need of it.
pub(super) fn go_on(process: i32, signal: i32) {
    // SAFETY: it takes numbers alone.
    unsafe { libc::ptrace(libc::PTRACE_CONT, process, 0, signal) };
}

pub(super) fn kill(process: i32) {
    // SAFETY: it takes numbers alone.
    unsafe { libc::kill(process, libc::SIGKILL) };
}

/// Returns the process that an event of starting one is about.
pub(super) fn started(process: i32) -> Option<i32> {
    let mut message: libc::c_ulong = 0;
    // SAFETY: the message outlives the call.
    let answer = unsafe { libc::ptrace(libc::PTRACE_GETEVENTMSG, process, 0, &raw mut message) };
    check(answer).ok()?;
    i32::try_from(message).ok()
}

/// Returns the system call at which a process is stopped.
pub(super) fn entry(process: i32) -> Option<Entry> {
    // The kernel's answer: kind and architecture, two pointers, then the
    // number and the arguments.
    let mut words = [0_u64; 16];
    let size = size_of_val(&words);
    // SAFETY: the kernel writes no more than the size it is told.
    let answer = unsafe {
        libc::ptrace(
            libc::PTRACE_GET_SYSCALL_INFO,
            process,
            size,
            words.as_mut_ptr(),
        )
    };
    check(answer).ok()?;
    let mut arguments = [0; 6];
    arguments.copy_from_slice(&words[4..10]);
    Some(Entry {
        number: words[3],
        arguments,
    })
}

/// Makes the system call at which a process is stopped fail instead.
#[cfg(target_arch = "x86_64")]
pub(super) fn fail(process: i32, error: i32) -> io::Result<()> {
    let number = std::mem::offset_of!(libc::user_regs_struct, orig_rax);
    let answer = std::mem::offset_of!(libc::user_regs_struct, rax);
    // SAFETY: both are offsets in the registers of a stopped process.
    unsafe {
        check(libc::ptrace(libc::PTRACE_POKEUSER, process, number, -1_i64))?;
        let error = -i64::from(error);
        check(libc::ptrace(libc::PTRACE_POKEUSER, process, answer, error))
    }
}

/// Makes the system call at which a process is stopped fail instead.
#[cfg(target_arch = "aarch64")]
pub(super) fn fail(process: i32, error: i32) -> io::Result<()> {
    const SYSTEM_CALL: i32 = 0x404;
    let mut number: i32 = -1;
    let mut call = libc::iovec {
        iov_base: (&raw mut number).cast(),
        iov_len: size_of::<i32>(),
    };
    // SAFETY: registers are numbers, and all zeroes are some.
    let mut registers: libc::user_regs_struct = unsafe { std::mem::zeroed() };
    let mut all = libc::iovec {
        iov_base: (&raw mut registers).cast(),
        iov_len: size_of_val(&registers),
    };
    // SAFETY: both vectors name memory that outlives the calls.
    unsafe {
        check(libc::ptrace(
            libc::PTRACE_SETREGSET,
            process,
            SYSTEM_CALL,
            &raw mut call,
        ))?;
        check(libc::ptrace(
            libc::PTRACE_GETREGSET,
            process,
            libc::NT_PRSTATUS,
            &raw mut all,
        ))?;
        registers.regs[0] = (-i64::from(error)).cast_unsigned();
        check(libc::ptrace(
            libc::PTRACE_SETREGSET,
            process,
            libc::NT_PRSTATUS,
            &raw mut all,
        ))
    }
}

fn check(answer: libc::c_long) -> io::Result<()> {
    if answer == -1 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}
