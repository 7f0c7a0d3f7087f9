//! The behaviours this crate promises.
#![expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world that the code under test only reads"
)]

mod differences;
mod shared;
mod vectors;
