//! The dashboard: one static page that reads the gists.

mod demo;
mod escape;
mod page;

pub use demo::{DemoHistory, demo_history};
pub(crate) use page::pristine_digest;
pub use page::{Page, Source, favicon, render};
