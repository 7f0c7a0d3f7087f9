//! What is asked of the kernel.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod none;
#[cfg(target_os = "linux")]
mod rules;

#[cfg(target_os = "linux")]
pub(crate) use linux::{Entry, can_enter_network, landlock_version};
#[cfg(not(target_os = "linux"))]
pub(crate) use none::{Entry, can_enter_network, landlock_version};
