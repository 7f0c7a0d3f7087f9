//! What users of the durable layer can rely on.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests arrange the real world with the raw calls, and say how much they tried"
)]

mod atomic;
mod digest;
mod lock;
mod log;
mod transaction;
mod tree;
