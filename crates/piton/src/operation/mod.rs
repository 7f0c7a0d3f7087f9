//! The operations that plans of piton's hold.

pub(crate) mod files;
mod op;

pub(crate) use op::{Op, Seen};
