//! The program that the kernel runs at each system call, to stop at the few
//! that write.

use libc::sock_filter;

use super::table::{Names, calls};
use crate::trace::point::Watch;

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: u32 = 0xc000_00b7;

// What the program is written in: load a word, jump if equal or if bits are
// set, return.
const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;
const BITS: u32 = libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K;
const RETURN: u32 = libc::BPF_RET | libc::BPF_K;

/// Where the kernel puts the number, the architecture and the arguments.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const ARGUMENTS: u32 = 16;

/// Opening changes something where it creates or cuts off.
pub(super) const WRITES: i32 = libc::O_CREAT | libc::O_TRUNC;

/// Makes the program.
pub(super) fn filter(watch: Watch) -> Vec<sock_filter> {
    let mut program = vec![
        step(LOAD, 0, 0, ARCH),
        // Programs of another architecture have other numbers: they go unseen.
        step(EQUAL, 1, 0, ARCHITECTURE),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
        step(LOAD, 0, 0, NUMBER),
    ];
    for call in calls() {
        let number = u32::try_from(call.number).unwrap_or(u32::MAX);
        match call.names {
            Names::LookPath | Names::LookAt if watch != Watch::Looks => {}
            Names::OpenPath(flags) | Names::OpenAt(flags) if watch == Watch::Writes => program
                .extend([
                    step(EQUAL, 0, 4, number),
                    step(LOAD, 0, 0, ARGUMENTS + 8 * u32::from(flags)),
                    step(BITS, 0, 1, WRITES.cast_unsigned()),
                    step(RETURN, 0, 0, libc::SECCOMP_RET_TRACE),
                    step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
                ]),
            Names::Descriptor(_)
            | Names::Path
            | Names::At
            | Names::Two
            | Names::TwoAt
            | Names::TextThenAt
            | Names::OpenPath(_)
            | Names::OpenAt(_)
            | Names::OpenHow
            | Names::LookPath
            | Names::LookAt => program.extend([
                step(EQUAL, 0, 1, number),
                step(RETURN, 0, 0, libc::SECCOMP_RET_TRACE),
            ]),
        }
    }
    program.push(step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW));
    program
}

fn step(code: u32, jt: u8, jf: u8, k: u32) -> sock_filter {
    sock_filter {
        // The codes have sixteen bits, and the library's constants are wider.
        code: u16::try_from(code).unwrap_or_default(),
        jt,
        jf,
        k,
    }
}
