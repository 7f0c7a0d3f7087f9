//! One log of a writer, with the comment that holds it.

use crate::log::LogPage;

/// A log and the comment that holds it.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) comment: u64,
    pub(super) log: LogPage,
}

impl Page {
    pub(super) fn read(comment: u64, body: &str) -> Option<Self> {
        let log = LogPage::read(body)?;
        Some(Self { comment, log })
    }
}
