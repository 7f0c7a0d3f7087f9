//! A migration at rest: its manifest, its phases, its planning, its consistency.
//! The formats are those of continuous-refactoring, called the original here.
//!
//! Formats take bytes and give values, or the other way round, and never touch
//! a disk. What looks at a directory does so through [`piton_durable::DiskRead`],
//! the reading half, so nothing of that can change anything.
//!
//! - [`manifest`]: `manifest.json` and the transitions of a migration's life;
//! - [`phase`]: phase documents: their names, their sections, what a manifest
//!   takes from them;
//! - [`planning`]: the planning graph, `.planning/state.json`, what agents say;
//! - [`own`]: `.planning/piton.json`, what only piton notes;
//! - [`live`]: the migrations directory and what is in it;
//! - [`load`]: why a file of a migration cannot be used;
//! - [`consistency`]: whether it all fits together;
//! - [`schedule`]: when work may go on, and what comes next;
//! - [`resolve`]: from what a person typed to a migration;
//! - [`listing`], [`show`], [`report`]: what the commands tell about it;
//! - [`repair`]: deciding how to put it right;
//! - [`contents`], [`candidate`]: the files of a migration as values, and a
//!   directory that holds its next state;
//! - [`publish`]: replacing a live migration, all or nothing, and recovering;
//! - [`operation`]: all that plans may do to migrations;
//! - [`secret`]: what must never be committed;
//! - [`slug`], [`stamp`]: the small types all of them share;
//! - [`json`], [`text`]: the original's reading of JSON, and of text.

pub mod candidate;
pub mod consistency;
pub mod contents;
pub mod json;
pub mod listing;
pub mod live;
pub mod load;
pub mod manifest;
pub mod operation;
pub mod own;
pub mod phase;
pub mod planning;
pub mod publish;
mod rejection;
mod render;
pub mod repair;
pub mod report;
pub mod resolve;
pub mod schedule;
pub mod secret;
pub mod show;
pub mod slug;
pub mod stamp;
pub mod text;
