//! Plans on GitHub: in issues, or in draft pull requests.

mod after;
mod backend;
mod commands;
mod comment;
mod create_issue;
mod create_pull;
mod footing;
mod header;
mod labels;
mod page;
mod read;
mod record;
mod trust;
mod write;
mod writing;

pub use backend::{ForgeBackend, Medium};
pub use writing::{CloneState, Writing};
