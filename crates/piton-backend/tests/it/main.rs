//! The behaviours this crate promises.
#![expect(clippy::print_stdout, reason = "tests may say how much they tried")]

mod backends;
mod bodies;
mod contract;
mod corpus;
mod differences;
mod folders;
mod folding;
mod properties;
