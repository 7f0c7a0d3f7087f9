//! A migration at rest: its manifest, its phases, its planning, its consistency.
//!
//! Formats take bytes and give values, or the other way round, and never touch
//! a disk. What looks at a directory does so through [`piton_durable::DiskRead`],
//! the reading half, so nothing in this crate can change anything.
//!
//! - [`manifest`]: `manifest.json` and the transitions of a migration's life;
//! - [`phase`]: phase documents: their names, their sections, what a manifest
//!   takes from them;
//! - [`planning`]: the planning graph, `.planning/state.json`, what agents say;
//! - [`slug`], [`stamp`], [`effort`]: the small types all of them share;
//! - [`json`], [`text`]: the original's reading of JSON, and of text.

pub mod effort;
pub mod json;
pub mod manifest;
pub mod phase;
pub mod planning;
pub mod slug;
pub mod stamp;
pub mod text;
