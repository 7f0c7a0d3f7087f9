//! Watching with `ptrace`, where the kernel stops at chosen calls alone.

mod filter;
mod follow;
mod raw;
mod table;

pub use follow::{SUPPORTED, trace};
