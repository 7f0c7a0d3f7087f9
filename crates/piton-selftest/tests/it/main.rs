//! What the self-test sees, tried on small programs.
#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#![expect(
    clippy::disallowed_methods,
    reason = "tests start small programs and look at what they wrote"
)]

mod crash;
mod forbidden;
mod trace;
