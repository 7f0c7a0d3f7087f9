//! The interface of a backend.

use std::fmt::Debug;
use std::time::Duration;

use piton_base::Digest;

use super::error::{BackendError, Result};
use super::id::{PlanId, Provider};
use super::new_plan::{Created, NewPlan};
use super::plan::{Document, Listing, PlanComment, PlanQuery, PlanText};
use crate::header::{Field, Header, HeaderFault, Patch};
use crate::kind::{Seen, TextKind};
use crate::yaml::Value;

/// A change of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub patch: Patch,
    /// Tells this change apart: sent twice, it is done once.
    pub key: String,
    /// How long ago it was decided, where it waited in an outbox: it counts
    /// from then on, and not from now.
    pub waited: Duration,
}

/// What came of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Updated {
    /// The fields whose value in the header is another now.
    pub changed: Vec<Field>,
    pub notes: Vec<Noted>,
}

impl Updated {
    /// What a patch comes to before it is applied: notes of what it named that
    /// nothing can change.
    pub(super) fn of(patch: &Patch) -> Self {
        let ignored = patch.ignored().iter();
        Self {
            changed: Vec::new(),
            notes: ignored.map(|ignored| Noted::Immutable(ignored.0)).collect(),
        }
    }
}

/// Something that a caller may want to tell people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Noted {
    /// The patch named a field that nothing can change.
    Immutable(Field),
    /// A later event stands in the header already.
    Yielded(Field),
    /// The change is recorded, but others kept writing; the next writer puts
    /// it into the header.
    Behind,
    /// What this person wrote into the body meanwhile is there again.
    Merged(String),
    /// What this person wrote meanwhile was written over, and cannot be put back
    /// without losing what somebody else wrote at the same place.
    Overwrote(String),
}

impl Noted {
    /// Returns what people should know of it, if they should.
    pub fn warning(&self) -> Option<String> {
        match self {
            Self::Immutable(_) | Self::Yielded(_) | Self::Merged(_) => None,
            Self::Behind => Some(
                "others kept writing; the change is recorded, and the next report writes it \
                 into the header"
                    .to_owned(),
            ),
            Self::Overwrote(editor) => Some(format!(
                "what {editor} changed meanwhile was overwritten; the history on GitHub has it"
            )),
        }
    }
}

/// The reading half.
pub trait BackendRead: Debug + Send + Sync {
    fn provider(&self) -> Provider;

    /// Returns a plan without its comments; none if there is no such thing.
    fn document(&self, id: &PlanId) -> Result<Option<Document>>;

    /// Returns a plan that must be there.
    fn needed(&self, id: &PlanId) -> Result<Document> {
        self.document(id)?
            .ok_or_else(|| BackendError::NotFound(id.clone()))
    }

    /// Returns the text of a plan and who wrote it; none if it has none.
    fn source(&self, document: &Document) -> Result<Option<PlanText>>;

    /// Returns the text of a plan; none if it has none.
    fn text(&self, document: &Document) -> Result<Option<String>> {
        Ok(self.source(document)?.map(|source| source.text))
    }

    /// Lists plans, and names beside them those that cannot be read.
    fn list(&self, query: &PlanQuery) -> Result<Listing>;

    /// Returns the comments, oldest first; none if there is no such plan.
    fn comments(&self, id: &PlanId) -> Result<Option<Vec<PlanComment>>>;

    /// Returns the plan that a branch carries out.
    fn plan_of_branch(&self, branch: &str) -> Result<Option<PlanId>>;

    /// Returns the plan that a creation with this key made, complete or not.
    fn made(&self, key: &str) -> Result<Option<Document>>;

    /// Whether everything of a plan is there that making it leaves.
    fn is_whole(&self, made: &Document) -> Result<bool> {
        Ok(self.text(made)?.is_some())
    }

    /// Returns what the logs of all writers would change in the header.
    fn lacks(&self, document: &Document) -> Result<Patch>;

    /// Returns the value of one field: outer none without a plan, inner none
    /// without the header or the field.
    fn field(&self, id: &PlanId, name: &str) -> Result<Option<Option<Value>>> {
        Ok(self.document(id)?.map(|document| {
            document
                .header()
                .ok()
                .and_then(|header| header.fields().get(name).cloned())
        }))
    }
}

/// The writing half.
pub trait Backend: BackendRead {
    /// Makes a plan. Asked again with the same key, it completes what is there.
    fn create(&self, new: &NewPlan) -> Result<Created>;

    /// Sets fields of the header, whatever others write meanwhile.
    fn update_metadata(&self, id: &PlanId, change: &Change) -> Result<Updated>;

    /// Replaces the text of a plan; the header and everything else stays. With
    /// `was`, only a text that has this digest.
    fn replace_text(&self, id: &PlanId, text: &str, was: Option<&Digest>) -> Result<Vec<Noted>>;

    /// Adds a comment and returns its id. With a key it is there once, however
    /// often it is asked for.
    fn add_comment(&self, id: &PlanId, text: &str, key: Option<&str>) -> Result<String>;

    /// Makes a comment of one's own say this and nothing else; it is made where
    /// it is not there yet. Returns its id.
    fn set_comment(&self, id: &PlanId, key: &str, text: &str) -> Result<String>;

    /// Closes a plan; closing it again changes nothing.
    fn close(&self, id: &PlanId) -> Result<()>;

    /// Puts into the header what the logs of its writers say.
    fn repair(&self, id: &PlanId) -> Result<Updated>;

    /// Records that something happened: the comment first, then the header.
    fn post_event(&self, id: &PlanId, change: &Change, comment: Option<&str>) -> Result<Updated> {
        if let Some(comment) = comment {
            self.add_comment(id, comment, Some(&change.key))?;
        }
        self.update_metadata(id, change)
    }
}

/// Refuses a text that says nothing.
pub(super) fn not_blank(text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(BackendError::EmptyText);
    }
    Ok(())
}

/// Refuses a text that is not the one that was meant.
pub(super) fn same_text(id: &PlanId, found: Option<&str>, was: Option<&Digest>) -> Result<()> {
    match was {
        Some(was) if text_digest(found.unwrap_or_default()) != *was => {
            Err(BackendError::TextChanged(id.clone()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Returns the digest of a text, the white space around it left out.
pub(crate) fn text_digest(text: &str) -> Digest {
    Digest::of(text.trim().as_bytes())
}

/// Returns the fault of a document's header, or what blocks changing it.
pub(super) fn checked_header(document: &Document) -> Result<Header> {
    match document.header() {
        Ok(header) => Ok(header),
        Err(HeaderFault::Absent) => {
            let kind = TextKind::of(&Seen {
                body: &document.body,
                is_pull: document.is_pull,
                labels: &document.labels,
            });
            if kind == TextKind::Objective {
                return Err(BackendError::NotAPlan {
                    id: document.id.clone(),
                    what: kind.words(),
                });
            }
            Err(HeaderFault::Absent.into())
        }
        Err(fault) => Err(fault.into()),
    }
}
