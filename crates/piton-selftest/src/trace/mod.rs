//! Watching a tree of processes at the system calls that write.

mod point;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
mod system;
#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
#[path = "none.rs"]
mod system;

pub use point::{End, Fault, Point, Traced, Verdict, Watch};
pub use system::{SUPPORTED, trace};
