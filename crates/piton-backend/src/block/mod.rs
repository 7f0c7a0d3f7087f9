//! Metadata blocks: runs of a text between two markers.

mod body;
mod find;
mod quoted;
mod render;
mod schema;

pub use body::{BlockError, YamlBody, read_yaml};
pub(crate) use find::OPENING;
pub use find::{RawBlock, find_blocks};
pub use quoted::Quoted;
pub use render::WARNING;
pub(crate) use render::{render_block, render_content_block};
pub use schema::block_problems;

/// Returns the line of a place in a text, from 1.
pub fn line_of(text: &str, at: usize) -> usize {
    1 + text[..at].matches('\n').count()
}
