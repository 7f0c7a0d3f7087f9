//! A fake GitHub on loopback: stateful, strict, and as faulty as a test wants.
//!
//! [`FakeGitHub::start`] listens on a port of its own. Requests are compared
//! with a table of GitHub's published operations: a path, a method, a query or
//! a field that is not in it is refused and noted ([`FakeGitHub::violations`]).
//! What it holds is a [`World`], which tests arrange and look at; [`Fault`]s
//! say what goes wrong.

mod areas;
mod fault;
mod http;
mod listing;
mod operations;
mod reply;
mod serve;
mod signing;
mod table;
mod trouble;
mod world;

pub use fault::{Fault, FaultKind};
pub use serve::{FakeGitHub, Logged};
pub use world::{
    Comment, Gist, Issue, Job, PullSide, Release, Repo, Right, Rights, Run, Step, Workflow, World,
};
