//! The YAML that metadata blocks are written in: version 1.1, as erk
//! reads it, with the places of a document's values.

mod block;
mod construct;
mod cursor;
mod document;
mod emit;
mod flow;
mod number;
mod parser;
mod plain;
mod quoted;
mod read;
mod resolve;
mod value;

pub use document::{Document, YamlError};
pub use emit::emit_entry;
pub(crate) use emit::emit_mapping;
pub use value::{Kind, Scalar, Value};
