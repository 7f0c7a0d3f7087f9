//! The languages in which agents tell what they do.

mod acp;
mod claude;
mod codex;
mod json;
mod kind;
mod lines;
mod partial;
mod plain;
mod reading;
mod transcript;

pub use kind::StreamKind;
pub use lines::Lines;
pub use plain::Plain;
pub use reading::{Dialect, Opening};
pub use transcript::{Failure, Retrying, Transcript};
