//! Stored plans: metadata blocks, lifecycle, and the backends that keep them.

pub mod block;
pub mod events;
pub mod folder;
pub mod header;
pub mod kind;
pub mod log;
pub mod operation;
pub mod store;
pub mod text;
pub mod yaml;
