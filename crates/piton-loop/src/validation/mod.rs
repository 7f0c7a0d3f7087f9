//! The project's own checks, run by piton: what decides about work.
//!
//! The `command` runs without a shell in a directory where no agent ever
//! writes, under limits, with everything it prints in the run record. What came
//! of it is a [`Verdict`]; a tree that was green once is remembered in
//! [`baseline`].

pub mod baseline;
mod command;
mod output;
mod policy;
mod run;
mod verdict;

pub use command::{CommandError, ValidationCommand};
pub use output::ShowOutput;
pub use policy::{Flaky, Policy};
pub use run::{ValidationError, Validator};
pub use verdict::{Red, Verdict};
