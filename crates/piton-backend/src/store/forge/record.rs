//! The logs of all writers of a plan, in the comments that hold them.

use piton_github::RepoName;
use piton_github::endpoints::comments::{self, Comment};
use piton_github::{Forge, ForgeError, ForgeRead};

use super::read::is_trusted;
use crate::log::{Entry, LogPage, Writer};
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

pub(super) fn pages(
    forge: &dyn ForgeRead,
    repo: &RepoName,
    number: u64,
) -> Result<Vec<Page>, ForgeError> {
    let comments: Result<Vec<Comment>, _> = comments::list(forge, repo, number, None).collect();
    Ok(pages_of(&comments?))
}

/// Writes an entry into the log of its writer, once. Whether a write that got
/// no answer was done is looked up before it is repeated.
pub(super) fn record(
    forge: &dyn Forge,
    repo: &RepoName,
    number: u64,
    writer: &Writer,
    pages: &mut Vec<Page>,
    entry: &Entry,
) -> Result<(), BackendError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let own = pages.iter().position(|page| page.log.writer == *writer);
        if pages.iter().any(|page| page.log.has(&entry.key)) {
            return Ok(());
        }
        let mut log = own.map_or_else(|| LogPage::new(writer.clone()), |at| pages[at].log.clone());
        log.add(entry.clone());
        let text = log.render();
        within_limit(&text)?;
        let written = match own {
            Some(at) => comments::edit_own(forge, repo, pages[at].comment, &text),
            None => comments::create(forge, repo, number, &text),
        };
        match written {
            Ok(comment) => {
                match own {
                    Some(at) => pages[at].log = log,
                    None => pages.push(Page {
                        comment: comment.id,
                        log,
                    }),
                }
                return Ok(());
            }
            Err(error) => {
                let vanished = own.is_some() && matches!(error, ForgeError::NotFound { .. });
                if tries == TRIES || !(error.may_have_happened() || vanished) {
                    return Err(error.into());
                }
                *pages = self::pages(forge, repo, number)?;
            }
        }
    }
}
