//! The list of migrations: one row each, broken ones included.

mod row;
mod table;

pub use row::{Filter, Row, Trouble, list};
pub use table::tsv;
