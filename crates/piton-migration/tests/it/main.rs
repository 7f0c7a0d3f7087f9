//! The behaviours this crate promises.
#![expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world that the code under test only reads"
)]
#![expect(clippy::print_stdout, reason = "tests may say how much they tried")]

mod bodies;
mod candidates;
mod contents;
mod corpus;
mod differences;
mod doctor;
mod documents;
mod findings;
mod fixtures;
mod listing;
mod operations;
mod properties;
mod publish;
mod repairing;
mod resolving;
mod scratch;
mod shared;
mod tree;
mod vectors;
