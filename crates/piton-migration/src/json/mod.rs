//! JSON as the original reads and writes it.
//!
//! The original's reader takes more than the standard allows: `NaN` and
//! `Infinity`, lone surrogate escapes, duplicate keys of which the last wins.
//! A reader that refuses those would refuse files the original goes on using,
//! so this room has its own reader, and the one writer whose bytes agree with
//! the original's.

mod decode;
mod fields;
mod read;
mod strings;
pub(crate) mod surrogate;
mod value;
mod write;

pub use decode::DecodeError;
pub(crate) use decode::parse_bytes;
pub(crate) use fields::wrong_type;
pub use fields::{FieldError, FieldProblem, Fields, Location};
pub use read::{JsonError, parse};
pub use value::{Object, Value};
pub use write::{Node, render};
