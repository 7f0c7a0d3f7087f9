//! The behaviours this crate promises.
#![expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world that the code under test only reads"
)]
#![expect(clippy::print_stdout, reason = "tests may say how much they tried")]

mod backends;
mod bodies;
mod concurrent;
mod contract;
mod corpus;
mod differences;
mod folders;
mod folding;
mod in_the_gap;
mod local_crash;
mod on_github;
mod properties;
