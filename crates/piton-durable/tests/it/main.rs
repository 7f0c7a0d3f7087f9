//! What users of the durable layer can rely on.
#![expect(
    clippy::disallowed_methods,
    reason = "tests arrange the real world with the raw calls"
)]

mod atomic;
mod digest;
mod image;
mod lock;
mod log;
mod processes;
mod real;
mod reserve;
mod states;
mod transaction;
mod tree;
