//! What a sealed program can do, tried on the kernel of this machine.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test plays the program and the person, and says when it is skipped"
)]

mod files;
mod network;
mod processes;
mod sealed;
