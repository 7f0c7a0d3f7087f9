//! Numbers that other tools kept.

mod columns;
mod csv;
mod database;
mod error;
mod file;
mod names;
mod sqlite;

pub use error::ImportError;
pub use file::import;
pub use sqlite::SqliteError;
