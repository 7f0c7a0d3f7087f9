//! The logs of all writers of a plan, in the comments that hold them.

use piton_github::endpoints::comments::{self, Comment};
use piton_github::{ForgeError, found};

use super::backend::ForgeBackend;
use super::page::Page;
use super::trust::trusted;
use crate::log::{Entry, LogPage, Writer};
use crate::store::Result;
use crate::text::within_limit;

/// How often a log is written before somebody is told that it cannot be.
const TRIES: usize = 4;

/// The log of one writer, out of every comment that holds a part of it. There
/// is more than one only where an answer was lost and GitHub showed what was.
struct Own {
    /// The oldest comment, which stays.
    comment: Option<u64>,
    others: Vec<u64>,
    log: LogPage,
}

impl Own {
    fn of(pages: &[Page], writer: &Writer) -> Self {
        let mut own = Self {
            comment: None,
            others: Vec::new(),
            log: LogPage::new(writer.clone()),
        };
        let mut mine: Vec<&Page> = pages
            .iter()
            .filter(|page| page.log.writer == *writer)
            .collect();
        mine.sort_by_key(|page| page.comment);
        for page in mine {
            own.log.add_missing(&page.log);
            match own.comment {
                None => own.comment = Some(page.comment),
                Some(_) => own.others.push(page.comment),
            }
        }
        own
    }
}

impl ForgeBackend<'_> {
    /// Reads the logs of a plan.
    pub(super) fn pages(&self, number: u64) -> Result<Vec<Page>, ForgeError> {
        let comments: Result<Vec<Comment>, _> =
            comments::list(self.forge, &self.repo, number, None).collect();
        Ok(self.logs_in(number, trusted(&comments?)))
    }

    /// Reads the logs out of comments, and adds what this clone remembers of its
    /// own. GitHub sometimes answers with what was; the own log is never read as
    /// shorter than it was written.
    pub(super) fn logs_in<'c>(
        &self,
        number: u64,
        comments: impl Iterator<Item = (u64, &'c str)>,
    ) -> Vec<Page> {
        let own = self.writing.recall(number);
        let mut pages = Vec::new();
        for (id, body) in comments {
            match own.as_ref().filter(|own| own.page.comment == id) {
                // Most often it is just what was written.
                Some(own) if own.text == body => pages.push(own.page.clone()),
                Some(own) => {
                    let mut page = Page::read(id, body).unwrap_or_else(|| own.page.clone());
                    page.log.add_missing(&own.page.log);
                    pages.push(page);
                }
                None => pages.extend(Page::read(id, body)),
            }
        }
        if let Some(own) = own
            && !pages.iter().any(|page| page.comment == own.page.comment)
        {
            pages.push(own.page.clone());
        }
        pages
    }

    /// Writes an entry into the log of the writer, once. Whether a write that
    /// got no answer was done is looked up before it is repeated.
    pub(super) fn record(&self, number: u64, pages: &mut Vec<Page>, entry: &Entry) -> Result<()> {
        let writer = &self.writing.writer;
        let mut tries = 0;
        loop {
            tries += 1;
            let mut own = Own::of(pages, writer);
            let there = own.log.has(&entry.key);
            if there && own.others.is_empty() {
                return Ok(());
            }
            if !there {
                own.log.add(entry.clone());
            }
            for other in &own.others {
                self.take_in(&mut own.log, *other)?;
            }
            let text = own.log.render_within_limit();
            within_limit(&text)?;
            let written = match own.comment {
                Some(comment) => comments::edit_own(self.forge, &self.repo, comment, &text),
                None => comments::create(self.forge, &self.repo, number, &text),
            };
            match written {
                Ok(comment) => {
                    let page = Page {
                        comment: comment.id,
                        log: own.log,
                    };
                    self.writing.remember(number, &page, &text);
                    pages.retain(|page| page.log.writer != *writer);
                    pages.push(page);
                    // Whatever stands in them stands in the one that stays.
                    for other in own.others {
                        comments::remove(self.forge, &self.repo, other)?;
                    }
                    return Ok(());
                }
                Err(error) => {
                    let vanished =
                        own.comment.is_some() && matches!(error, ForgeError::NotFound { .. });
                    if tries == TRIES || !(error.may_have_happened() || vanished) {
                        return Err(error.into());
                    }
                    if vanished {
                        self.writing.forget(number);
                    }
                    *pages = self.pages(number)?;
                    // The one look may have been at what was: a comment that is
                    // not there is looked for twice before it is made again.
                    if own.comment.is_none() && Own::of(pages, writer).comment.is_none() {
                        *pages = self.pages(number)?;
                    }
                }
            }
        }
    }

    /// Adds what one more comment of the own log holds at this moment.
    fn take_in(&self, log: &mut LogPage, comment: u64) -> Result<()> {
        let now = found(comments::get(self.forge, &self.repo, comment))?;
        if let Some(page) = now.and_then(|now| Page::read(now.id, &now.body)) {
            log.add_missing(&page.log);
        }
        Ok(())
    }
}
