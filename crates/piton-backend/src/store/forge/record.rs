//! The logs of all writers of a plan, in the comments that hold them.

use piton_github::RepoName;
use piton_github::endpoints::comments::{self, Comment};
use piton_github::{ForgeError, ForgeRead};

use super::read::is_trusted;
use super::write::ForgeBackend;
use crate::log::{Entry, LogPage};
use crate::store::BackendError;
use crate::text::within_limit;

/// How often a log is written before somebody is told that it cannot be.
const TRIES: usize = 4;

/// A log and the comment that holds it.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) comment: u64,
    pub(super) log: LogPage,
}

/// Reads the logs out of comments. What strangers write counts for nothing.
pub(super) fn pages_of(comments: &[Comment]) -> Vec<Page> {
    comments
        .iter()
        .filter(|comment| is_trusted(comment))
        .filter_map(|comment| {
            Some(Page {
                comment: comment.id,
                log: LogPage::read(&comment.body)?,
            })
        })
        .collect()
}

fn read(forge: &dyn ForgeRead, repo: &RepoName, number: u64) -> Result<Vec<Page>, ForgeError> {
    let comments: Result<Vec<Comment>, _> = comments::list(forge, repo, number, None).collect();
    Ok(pages_of(&comments?))
}

impl ForgeBackend<'_> {
    /// Reads the logs of a plan. GitHub sometimes answers with what was; the
    /// own log is never read as shorter than it was written.
    pub(super) fn pages(&self, number: u64) -> Result<Vec<Page>, ForgeError> {
        let mut pages = read(self.forge, self.repo(), number)?;
        if let Some(own) = self.writing.recall(number) {
            match pages.iter_mut().find(|page| page.comment == own.comment) {
                Some(page) => page.log.add_missing(&own.log),
                None => pages.push(own),
            }
        }
        Ok(pages)
    }

    /// Writes an entry into the log of the writer, once. Whether a write that
    /// got no answer was done is looked up before it is repeated.
    pub(super) fn record(
        &self,
        number: u64,
        pages: &mut Vec<Page>,
        entry: &Entry,
    ) -> Result<(), BackendError> {
        let mut tries = 0;
        loop {
            tries += 1;
            if pages.iter().any(|page| page.log.has(&entry.key)) {
                return Ok(());
            }
            let writer = &self.writing.writer;
            let own = pages.iter().position(|page| page.log.writer == *writer);
            let mut log =
                own.map_or_else(|| LogPage::new(writer.clone()), |at| pages[at].log.clone());
            log.add(entry.clone());
            let text = log.render();
            within_limit(&text)?;
            let written = match own {
                Some(at) => comments::edit_own(self.forge, self.repo(), pages[at].comment, &text),
                None => comments::create(self.forge, self.repo(), number, &text),
            };
            match written {
                Ok(comment) => {
                    let page = Page {
                        comment: comment.id,
                        log,
                    };
                    self.writing.remember(number, &page);
                    match own {
                        Some(at) => pages[at] = page,
                        None => pages.push(page),
                    }
                    return Ok(());
                }
                Err(error) => {
                    let vanished = own.is_some() && matches!(error, ForgeError::NotFound { .. });
                    if tries == TRIES || !(error.may_have_happened() || vanished) {
                        return Err(error.into());
                    }
                    if vanished {
                        self.writing.forget(number);
                    }
                    *pages = self.pages(number)?;
                    // The one look may have been at what was: a comment that is
                    // not there is looked for twice before it is made again.
                    if own.is_none() && !pages.iter().any(|page| page.log.writer == *writer) {
                        *pages = self.pages(number)?;
                    }
                }
            }
        }
    }
}
