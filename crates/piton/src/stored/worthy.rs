//! Whether a stored plan may be carried out: what people wrote on a forge is
//! data, and only the repository's own people give work.

use piton_backend::store::{BackendRead, Document, PlanId, PlanText, State, plain_title};
use piton_base::Digest;

use super::target::{document, failed};
use crate::error::{CommandError, ErrorKind};

/// A plan that may be carried out.
#[derive(Debug)]
pub(crate) struct Worthy {
    pub(crate) document: Document,
    pub(crate) source: PlanText,
}

/// What it is measured by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terms<'a> {
    /// What the text was when somebody decided that it be carried out.
    pub(crate) digest: Option<&'a str>,
    /// Somebody who is there has read it.
    pub(crate) trusted_by_hand: bool,
}

impl Worthy {
    /// Looks at a plan.
    pub(crate) fn look(
        backend: &dyn BackendRead,
        id: &PlanId,
        terms: Terms<'_>,
    ) -> Result<Self, CommandError> {
        let document = document(backend, id)?;
        if document.state == State::Closed {
            return Err(CommandError::failed(format!("plan {id} is closed")));
        }
        let source = backend.source(&document).map_err(failed)?.ok_or_else(|| {
            CommandError::failed(format!("plan {id} has no text"))
                .hint(format!("`piton plan check {id}` says more"))
        })?;
        if let Some(pinned) = terms.digest {
            same_text(id, pinned, &source.digest())?;
        }
        if !source.trusted && !terms.trusted_by_hand {
            let author = source.author.as_deref().unwrap_or("an unknown person");
            return Err(CommandError::new(
                ErrorKind::NeedsPerson,
                format!(
                    "plan {id} was written by {author}, who does not belong to this repository"
                ),
            )
            .hint(format!(
                "read it with `piton plan show {id}`; --trust-author carries it out all the same"
            )));
        }
        Ok(Self { document, source })
    }
}

impl Worthy {
    /// Returns the plan's title without the mark in brackets.
    pub(crate) fn title(&self) -> String {
        title(&self.document)
    }
}

/// Returns a plan's title without the mark in brackets.
pub(crate) fn title(document: &Document) -> String {
    let bare = document.title.trim();
    let bare = bare
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("] "))
        .map_or(bare, |(_, title)| title);
    let title = plain_title(bare);
    if title.is_empty() {
        format!("plan {}", document.id)
    } else {
        title
    }
}

/// Refuses a text that is not the one that was meant.
fn same_text(id: &PlanId, pinned: &str, found: &Digest) -> Result<(), CommandError> {
    let bare = pinned.strip_prefix("sha256:").unwrap_or(pinned);
    if bare.len() != 64 || !bare.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(CommandError::usage(format!(
            "--digest {pinned} is not a SHA-256; expected 64 hexadecimal digits"
        )));
    }
    if found.hex().eq_ignore_ascii_case(bare) {
        return Ok(());
    }
    Err(CommandError::new(
        ErrorKind::Stale,
        format!("the text of plan {id} was changed after it was dispatched"),
    )
    .detail(format!("it was {bare}"))
    .detail(format!("it is {}", found.hex()))
    .hint(format!(
        "read it with `piton plan show {id}`, then dispatch it again"
    )))
}
