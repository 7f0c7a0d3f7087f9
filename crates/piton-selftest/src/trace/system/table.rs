//! The system calls that write, open or look.

use crate::trace::point::Fault;

/// Where a call's files are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// A descriptor in this argument.
    Descriptor(u8),
    /// A path in the first argument.
    Path,
    /// A directory and a path.
    At,
    /// Two paths.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "older calls"))]
    Two,
    /// A directory and a path, twice.
    TwoAt,
    /// A text in the first argument, then a directory and a path.
    TextThenAt,
    /// As `Path` or `At`, with flags in this argument: it writes only where
    /// these create or cut off.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "older calls"))]
    OpenPath(u8),
    OpenAt(u8),
    /// As `At`, with the flags in memory.
    OpenHow,
    /// As `Path` or `At`, of a call that only looks at what is there.
    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "older calls"))]
    LookPath,
    LookAt,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) number: libc::c_long,
    pub(super) name: &'static str,
    pub(super) names: Names,
    pub(super) faults: &'static [Fault],
}

const SPACE: &[Fault] = &[Fault::NoSpace, Fault::InputOutput];
const OPEN: &[Fault] = &[Fault::NoSpace, Fault::InputOutput, Fault::TooManyFiles];
/// How opening a file to read it can fail.
pub(super) const READ: &[Fault] = &[Fault::InputOutput, Fault::TooManyFiles];
const TROUBLE: &[Fault] = &[Fault::InputOutput];

const fn call(
    number: libc::c_long,
    name: &'static str,
    names: Names,
    faults: &'static [Fault],
) -> Call {
    Call {
        number,
        name,
        names,
        faults,
    }
}

/// The calls that every architecture has.
const COMMON: &[Call] = &[
    call(libc::SYS_openat, "openat", Names::OpenAt(2), OPEN),
    call(libc::SYS_openat2, "openat2", Names::OpenHow, OPEN),
    call(libc::SYS_write, "write", Names::Descriptor(0), SPACE),
    call(libc::SYS_pwrite64, "pwrite", Names::Descriptor(0), SPACE),
    call(libc::SYS_writev, "writev", Names::Descriptor(0), SPACE),
    call(libc::SYS_pwritev, "pwritev", Names::Descriptor(0), SPACE),
    call(libc::SYS_pwritev2, "pwritev2", Names::Descriptor(0), SPACE),
    call(libc::SYS_sendfile, "sendfile", Names::Descriptor(0), SPACE),
    call(
        libc::SYS_copy_file_range,
        "copy_file_range",
        Names::Descriptor(2),
        SPACE,
    ),
    call(
        libc::SYS_fallocate,
        "fallocate",
        Names::Descriptor(0),
        SPACE,
    ),
    call(
        libc::SYS_ftruncate,
        "ftruncate",
        Names::Descriptor(0),
        TROUBLE,
    ),
    call(libc::SYS_truncate, "truncate", Names::Path, TROUBLE),
    call(libc::SYS_fsync, "fsync", Names::Descriptor(0), SPACE),
    call(
        libc::SYS_fdatasync,
        "fdatasync",
        Names::Descriptor(0),
        SPACE,
    ),
    call(libc::SYS_syncfs, "syncfs", Names::Descriptor(0), SPACE),
    call(libc::SYS_renameat, "renameat", Names::TwoAt, SPACE),
    call(libc::SYS_renameat2, "renameat2", Names::TwoAt, SPACE),
    call(libc::SYS_linkat, "linkat", Names::TwoAt, SPACE),
    call(libc::SYS_symlinkat, "symlinkat", Names::TextThenAt, SPACE),
    call(libc::SYS_unlinkat, "unlinkat", Names::At, TROUBLE),
    call(libc::SYS_mkdirat, "mkdirat", Names::At, SPACE),
    call(libc::SYS_mknodat, "mknodat", Names::At, SPACE),
    call(libc::SYS_fchmod, "fchmod", Names::Descriptor(0), TROUBLE),
    call(libc::SYS_fchmodat, "fchmodat", Names::At, TROUBLE),
    call(libc::SYS_fchown, "fchown", Names::Descriptor(0), TROUBLE),
    call(libc::SYS_fchownat, "fchownat", Names::At, TROUBLE),
    call(libc::SYS_newfstatat, "fstatat", Names::LookAt, TROUBLE),
    call(libc::SYS_statx, "statx", Names::LookAt, TROUBLE),
    call(libc::SYS_readlinkat, "readlinkat", Names::LookAt, TROUBLE),
    call(libc::SYS_faccessat, "faccessat", Names::LookAt, TROUBLE),
    call(libc::SYS_faccessat2, "faccessat2", Names::LookAt, TROUBLE),
];

/// The older ones, which newer architectures left out.
#[cfg(target_arch = "x86_64")]
const OLDER: &[Call] = &[
    call(libc::SYS_open, "open", Names::OpenPath(1), OPEN),
    call(libc::SYS_creat, "creat", Names::Path, OPEN),
    call(libc::SYS_rename, "rename", Names::Two, SPACE),
    call(libc::SYS_link, "link", Names::Two, SPACE),
    call(libc::SYS_symlink, "symlink", Names::Two, SPACE),
    call(libc::SYS_unlink, "unlink", Names::Path, TROUBLE),
    call(libc::SYS_mkdir, "mkdir", Names::Path, SPACE),
    call(libc::SYS_rmdir, "rmdir", Names::Path, TROUBLE),
    call(libc::SYS_mknod, "mknod", Names::Path, SPACE),
    call(libc::SYS_chmod, "chmod", Names::Path, TROUBLE),
    call(libc::SYS_chown, "chown", Names::Path, TROUBLE),
    call(libc::SYS_lchown, "lchown", Names::Path, TROUBLE),
    call(libc::SYS_stat, "stat", Names::LookPath, TROUBLE),
    call(libc::SYS_lstat, "lstat", Names::LookPath, TROUBLE),
    call(libc::SYS_readlink, "readlink", Names::LookPath, TROUBLE),
    call(libc::SYS_access, "access", Names::LookPath, TROUBLE),
];
#[cfg(target_arch = "aarch64")]
const OLDER: &[Call] = &[];

pub(super) fn calls() -> impl Iterator<Item = &'static Call> {
    COMMON.iter().chain(OLDER)
}

pub(super) fn find(number: u64) -> Option<&'static Call> {
    calls().find(|call| u64::try_from(call.number) == Ok(number))
}
