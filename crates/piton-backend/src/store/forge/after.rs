//! What stands on GitHub after a body was written: the logs of all writers,
//! and whether somebody's words were written over.
//!
//! One question to GraphQL answers both; where that is not to be had, the logs
//! are read the plain way, and nobody can tell about the words.

use piton_github::ForgeError;
use piton_github::endpoints::thread::{self, Thread};
use piton_github::endpoints::versions::TextVersion;

use super::backend::ForgeBackend;
use super::page::Page;
use crate::header::find_header;
use crate::log::trusts;

/// What was seen.
#[derive(Clone, Debug)]
pub(super) struct After {
    pub(super) pages: Vec<Page>,
    body: Option<String>,
    edits: Vec<TextVersion>,
}

/// A version of a body that somebody wrote and somebody else wrote over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overwritten {
    pub(super) editor: String,
    pub(super) text: String,
    /// What stands there now.
    pub(super) now: String,
}

impl ForgeBackend<'_> {
    /// Looks after a write.
    pub(super) fn after(&self, number: u64) -> Result<After, ForgeError> {
        if self.writing.may_ask_for_versions() {
            match thread::read(self.forge, &self.repo, number) {
                Ok(thread) => {
                    // Of many comments GraphQL gives the first ones.
                    let pages = if thread.complete {
                        self.logs_in(number, logs_of(&thread))
                    } else {
                        self.pages(number)?
                    };
                    return Ok(After {
                        pages,
                        body: Some(thread.body),
                        edits: thread.edits,
                    });
                }
                Err(
                    ForgeError::Refused { .. }
                    | ForgeError::NotFound { .. }
                    | ForgeError::NoPermission { .. }
                    | ForgeError::Garbled { .. },
                ) => self.writing.ask_no_more_for_versions(),
                Err(_) => {}
            }
        }
        Ok(After {
            pages: self.pages(number)?,
            body: None,
            edits: Vec::new(),
        })
    }
}

/// The comments that may hold logs.
fn logs_of(thread: &Thread) -> impl Iterator<Item = (u64, &str)> {
    let said = thread.comments.iter();
    said.filter(|said| trusts(said.association.trusted(), &said.login, said.is_bot))
        .map(|said| (said.id, said.body.as_str()))
}

impl After {
    /// Returns the version that `written` was written over, unless it is what
    /// was `read` before. Where what was read is not among the versions, the
    /// history is not the one that was written to, and says nothing.
    pub(super) fn overwritten(&self, read: &str, written: &str) -> Option<Overwritten> {
        let is = |edit: &TextVersion, text: &str| edit.diff.as_deref() == Some(text);
        let at = self.edits.iter().position(|edit| is(edit, written))?;
        let before = self.edits.get(at + 1)?;
        let older = self.edits.get(at + 2..)?;
        let text = before.diff.clone().filter(|text| text != read)?;
        older
            .iter()
            .any(|edit| is(edit, read))
            .then(|| Overwritten {
                editor: before
                    .editor
                    .as_ref()
                    .map_or_else(|| "somebody".to_owned(), |editor| editor.login.clone()),
                text,
                now: self.body.clone().unwrap_or_else(|| written.to_owned()),
            })
    }
}

/// What becomes of words that were written over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rescue {
    /// They stand there all the same.
    NotNeeded,
    /// The body goes on from this text.
    From(String),
    /// Somebody else wrote at the same place meanwhile.
    TooLate,
}

impl Overwritten {
    /// Decides it: `read` is what the write was made from, `written` what it
    /// wrote.
    pub(super) fn rescue(&self, read: &str, written: &str) -> Rescue {
        let (base, lost, now) = (prose(read), prose(&self.text), prose(&self.now));
        let same_header = find_header(&self.text).is_ok() == find_header(read).is_ok();
        if lost != base && lost != now {
            if now == base && same_header {
                Rescue::From(self.text.clone())
            } else {
                Rescue::TooLate
            }
        } else if lost == base && self.now == written && same_header {
            // Only fields differ: they count, where no log knows better.
            Rescue::From(self.text.clone())
        } else {
            Rescue::NotNeeded
        }
    }
}

/// Returns a body without its header.
fn prose(body: &str) -> String {
    match find_header(body) {
        Ok(header) => {
            let span = header.block.span;
            format!("{}{}", &body[..span.start], &body[span.end..])
        }
        Err(_) => body.to_owned(),
    }
}
