//! A fake GitHub on loopback: stateful, strict, and as faulty as a test wants.
//!
//! [`FakeGitHub::start`] listens on a port of its own. Requests are compared
//! with a table of GitHub's published operations: a path, a method, a query or
//! a field that is not in it is refused and noted ([`FakeGitHub::violations`]).
//! What it holds is a [`World`], which tests arrange and look at; [`Fault`]s
//! say what goes wrong.

mod answer;
mod areas;
mod arrange;
mod fault;
mod http;
mod listing;
mod operations;
mod reply;
mod serve;
mod shared;
mod signing;
mod table;
mod trouble;
mod world;

pub use fault::{Fault, FaultKind};
pub use serve::FakeGitHub;
pub use shared::Logged;
pub use world::{
    Comment, Gist, Issue, Job, PullSide, Release, Repo, Right, Rights, Run, Step, Workflow, World,
};

/// Fields of a plan's header, one for each of eight who write at once.
pub const FIELDS: [&str; 8] = [
    "worktree_name",
    "last_learn_session",
    "learn_materials_branch",
    "last_session_branch",
    "last_remote_impl_run_id",
    "last_remote_impl_session_id",
    "created_from_session",
    "learn_run_id",
];
