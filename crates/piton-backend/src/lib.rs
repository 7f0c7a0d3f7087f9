//! Stored plans: metadata blocks, lifecycle, and the backends that keep them.

pub mod block;
pub mod header;
pub mod text;
pub mod yaml;
