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
