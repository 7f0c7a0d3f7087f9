//! The behaviours this crate promises.
#![expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world that the code under test only reads"
)]
#![expect(clippy::print_stdout, reason = "tests may say how much they tried")]

mod corpus;
mod differences;
mod findings;
mod publish;
mod shared;
mod tree;
mod vectors;
