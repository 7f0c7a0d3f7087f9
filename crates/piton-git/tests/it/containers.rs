//! Gits in containers, which the tests of dead locks must reckon with.
//!
//! A git in another container may hold any lock, as far as piton can see. So
//! while one runs, whoever started it, no lock of this machine is proved dead.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Does something again as long as a git of a container was seen meanwhile and
/// it came to nothing.
pub(crate) fn without_containers<T, E>(mut act: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    loop {
        let over = AtomicBool::new(false);
        let (done, seen) = std::thread::scope(|scope| {
            let watching = scope.spawn(|| {
                let mut seen = a_git_of_a_container_runs();
                while !seen && !over.load(Ordering::Relaxed) {
                    std::thread::yield_now();
                    seen = a_git_of_a_container_runs();
                }
                seen
            });
            let done = act();
            over.store(true, Ordering::Relaxed);
            (done, watching.join().unwrap())
        });
        if done.is_ok() || !seen {
            return done;
        }
    }
}

fn a_git_of_a_container_runs() -> bool {
    let space = |process: &Path, kind: &str| fs::read_link(process.join("ns").join(kind)).ok();
    let own = PathBuf::from("/proc/self");
    let apart = |process: &PathBuf| {
        ["pid", "mnt"].iter().any(|kind| {
            let its = space(process, kind);
            its.is_some() && its != space(&own, kind)
        })
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .map(|entry| entry.path())
        .filter(|process| {
            fs::read_to_string(process.join("comm")).is_ok_and(|name| name.starts_with("git"))
        })
        .any(|process| apart(&process))
}
