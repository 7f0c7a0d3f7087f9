//! The behaviours this crate promises.
#![expect(clippy::print_stdout, reason = "tests may say how much they tried")]

mod bodies;
mod corpus;
mod differences;
mod properties;
