//! A program followed from point to point, with all that it starts.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::filter::WRITES;
use super::raw::{self, Entry, Happened};
use super::table::{Names, READ, find};
use crate::trace::point::{End, Fault, Point, Traced, Verdict, Watch};

/// Whether programs can be watched on this system.
pub const SUPPORTED: bool = true;

/// Runs a command, and asks at each watched system call on something below
/// `root` what should be done. Returns when nothing of it is left; all of it is
/// killed when it takes longer than `limit`.
///
/// Nothing else may be started or waited for by this thread meanwhile.
pub fn trace(
    command: &mut Command,
    root: &Path,
    watch: Watch,
    limit: Duration,
    decide: &mut dyn FnMut(&Point) -> Verdict,
) -> io::Result<Traced> {
    raw::watch(command, watch);
    let child = command.spawn()?;
    let first = i32::try_from(child.id()).map_err(io::Error::other)?;
    let late = Arc::new(AtomicBool::new(false));
    let (done, timer) = mpsc::channel::<()>();
    let clock = {
        let late = Arc::clone(&late);
        thread::spawn(move || {
            if timer.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                late.store(true, Ordering::SeqCst);
                raw::kill(first);
            }
        })
    };
    let traced = Followed {
        first,
        watch,
        root,
        all: BTreeSet::new(),
        points: 0,
        end: End::Killed,
        killing: false,
        late,
    }
    .follow(decide);
    drop(done);
    // The thread only waits and kills; it cannot have panicked.
    let _ = clock.join();
    traced
}

struct Followed<'a> {
    first: i32,
    watch: Watch,
    root: &'a Path,
    all: BTreeSet<i32>,
    points: u64,
    end: End,
    killing: bool,
    late: Arc<AtomicBool>,
}

impl Followed<'_> {
    fn follow(mut self, decide: &mut dyn FnMut(&Point) -> Verdict) -> io::Result<Traced> {
        let mut ready = false;
        while let Some((process, happened)) = raw::wait()? {
            if self.late.load(Ordering::SeqCst) && !self.killing {
                self.end = End::TooLong;
                self.kill_all();
            }
            let signal = match happened {
                Happened::Exited(_) | Happened::Signalled(_) => {
                    self.gone(process, happened);
                    continue;
                }
                Happened::Event(libc::PTRACE_EVENT_SECCOMP) => {
                    self.at_call(process, decide)?;
                    0
                }
                Happened::Event(_) => {
                    self.all.extend(raw::started(process));
                    0
                }
                Happened::Stopped(libc::SIGTRAP) if process == self.first && !ready => {
                    raw::follow_all(process)?;
                    ready = true;
                    0
                }
                // The first sign of a process that is watched from its start.
                Happened::Stopped(libc::SIGSTOP | libc::SIGTRAP) => 0,
                Happened::Stopped(signal) => signal,
            };
            self.all.insert(process);
            if self.killing {
                raw::kill(process);
            }
            raw::go_on(process, signal);
        }
        Ok(Traced {
            end: self.end,
            points: self.points,
        })
    }

    fn gone(&mut self, process: i32, happened: Happened) {
        self.all.remove(&process);
        if process != self.first || self.killing {
            return;
        }
        self.end = match happened {
            Happened::Exited(code) => End::Exit(code),
            Happened::Signalled(signal) => End::Signal(signal),
            Happened::Stopped(_) | Happened::Event(_) => self.end,
        };
    }

    fn kill_all(&mut self) {
        self.killing = true;
        for process in &self.all {
            raw::kill(*process);
        }
    }

    fn at_call(
        &mut self,
        process: i32,
        decide: &mut dyn FnMut(&Point) -> Verdict,
    ) -> io::Result<()> {
        let Some(mut point) = raw::entry(process).and_then(|entry| seen(process, &entry)) else {
            return Ok(());
        };
        let ours = |path: &Path| path.starts_with(self.root);
        if !point.writes && self.watch == Watch::Writes {
            return Ok(());
        }
        if self.killing || !(ours(&point.path) || point.other.as_deref().is_some_and(ours)) {
            return Ok(());
        }
        self.points += 1;
        point.number = self.points;
        match decide(&point) {
            Verdict::Go => {}
            Verdict::Kill => {
                self.end = End::Killed;
                self.all.insert(process);
                self.kill_all();
            }
            Verdict::Fail(fault) => raw::fail(process, number(fault))?,
        }
        Ok(())
    }
}

fn number(fault: Fault) -> i32 {
    match fault {
        Fault::NoSpace => libc::ENOSPC,
        Fault::InputOutput => libc::EIO,
        Fault::TooManyFiles => libc::EMFILE,
    }
}

/// Returns what a call is about, or nothing if it is about no file.
fn seen(process: i32, entry: &Entry) -> Option<Point> {
    let call = find(entry.number)?;
    let argument = |index: usize| entry.arguments[index];
    let path = |index| resolved(process, libc::AT_FDCWD, argument(index));
    let at = |index: usize| resolved(process, descriptor(argument(index)), argument(index + 1));
    let (mut flags, mut looks) = (None, false);
    let (path, other) = match call.names {
        Names::Descriptor(at) => (
            open_file(process, descriptor(argument(usize::from(at))))?,
            None,
        ),
        Names::Path => (path(0)?, None),
        Names::LookPath => {
            looks = true;
            (path(0)?, None)
        }
        Names::LookAt => {
            looks = true;
            (at(0)?, None)
        }
        Names::OpenPath(at) => {
            flags = Some(argument(at.into()));
            (path(0)?, None)
        }
        Names::At => (at(0)?, None),
        Names::OpenAt(place) => {
            flags = Some(argument(place.into()));
            (at(0)?, None)
        }
        Names::Two => (path(0)?, path(1)),
        Names::TwoAt => (at(0)?, at(2)),
        Names::TextThenAt => (at(1)?, None),
        Names::OpenHow => {
            let how = memory(process, argument(2), 8)?;
            flags = Some(u64::from_ne_bytes(how.try_into().ok()?));
            (at(0)?, None)
        }
    };
    let writes = !looks && flags.is_none_or(|flags| flags & u64::from(WRITES.cast_unsigned()) != 0);
    Some(Point {
        number: 0,
        call: call.name,
        path,
        other,
        faults: if writes || looks { call.faults } else { READ },
        writes,
    })
}

/// Descriptors are the lower half of the register.
fn descriptor(argument: u64) -> i32 {
    let low = u32::try_from(argument & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    low.cast_signed()
}

/// Returns the file behind a descriptor; pipes and sockets have none.
fn open_file(process: i32, descriptor: i32) -> Option<PathBuf> {
    let path = std::fs::read_link(format!("/proc/{process}/fd/{descriptor}")).ok()?;
    path.is_absolute().then_some(path)
}

fn resolved(process: i32, directory: i32, address: u64) -> Option<PathBuf> {
    let path = text(process, address)?;
    if path.is_absolute() {
        return Some(plain(&path));
    }
    let base = if directory == libc::AT_FDCWD {
        std::fs::read_link(format!("/proc/{process}/cwd")).ok()?
    } else {
        open_file(process, directory)?
    };
    Some(plain(&base.join(path)))
}

/// Takes the steps upwards out of a path, by its letters alone.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => plain.push(part),
        }
    }
    plain
}

/// Reads a path out of a process.
fn text(process: i32, address: u64) -> Option<PathBuf> {
    const LONGEST: usize = 4096;
    const PART: usize = 256;
    let mut bytes = Vec::new();
    while bytes.len() < LONGEST {
        let from = address.checked_add(u64::try_from(bytes.len()).ok()?)?;
        // Reading up to the next page only: what is behind may not be there.
        let left = 4096 - usize::try_from(from % 4096).ok()?;
        let part = memory(process, from, left.min(PART))?;
        if let Some(end) = part.iter().position(|byte| *byte == 0) {
            bytes.extend(&part[..end]);
            return Some(OsString::from_vec(bytes).into());
        }
        bytes.extend(part);
    }
    None
}

fn memory(process: i32, address: u64, length: usize) -> Option<Vec<u8>> {
    let file = File::open(format!("/proc/{process}/mem")).ok()?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, address).ok()?;
    Some(bytes)
}
