//! The repository seam against real git.
#![expect(clippy::disallowed_methods, reason = "tests arrange the real world")]

mod commit_hooks;
mod commit_place;
mod commits;
mod committed;
mod filters;
mod holding;
mod landing;
mod reading;
mod slot_formats;
mod slot_git;
mod slots;
mod undertakings;
mod unseen;
mod worktrees;

/// Whether every process of the machine can be seen. In a container it cannot,
/// and there no lock of git's is proved dead.
fn all_processes_are_seen() -> bool {
    let space = std::fs::read_link("/proc/self/ns/pid");
    space.is_ok_and(|space| space == std::path::Path::new("pid:[4026531836]"))
}
