//! The tables of a `SQLite` file, read out of its pages.
//!
//! Only what tables of other tools need: rows of tables with row numbers, in
//! UTF-8. Nothing in such a file is trusted: no page is followed twice, and
//! nothing is read beyond its end.

mod pages;
mod record;
mod statement;
mod table;

pub use pages::SqliteError;
pub(super) use record::Value;
pub(super) use table::{MAGIC, Table, tables};
