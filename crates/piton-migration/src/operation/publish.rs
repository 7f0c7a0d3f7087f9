//! Making the next state of a migration live.

use piton_durable::TreeDigest;
use piton_git::Tip;
use piton_plan::files::Content;
use piton_plan::{Description, Key, Operation, OutputRef, Slot, Verb};
use serde::{Deserialize, Serialize};

use crate::candidate::{Candidate, Proposal};
use crate::consistency::Mode;
use crate::contents::Contents;
use crate::slug::Slug;

/// Makes the next state of a migration live and commits it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    pub slug: Slug,
    /// The live directory, from the top of the repository.
    pub destination: String,
    pub base: TreeDigest,
    /// What this is for, such as `planning.expand`.
    pub operation: String,
    /// The subject of the commit.
    pub subject: String,
    pub next: Next,
    /// The branch that the commit belongs on, and the commit it was decided on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Tip>,
}

/// What a step or a publish was decided on, for people.
pub fn stands(base: &TreeDigest, on: Option<&Tip>) -> String {
    let on = on.map(|tip| format!(", on {tip}")).unwrap_or_default();
    format!("the migration at {}{on}", base.short())
}

/// Where the next state comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Next {
    /// From a call of this plan.
    Candidate(Slot<Candidate>),
    /// From what is live, with these files changed.
    Edits(Edits),
}

/// Files of a migration to be changed, all at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edits {
    pub mode: Mode,
    pub message: String,
    pub files: Vec<Edit>,
}

/// One file to be changed; without content it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// Below the migration's directory.
    pub path: String,
    pub content: Option<Content>,
}

impl Operation for Publish {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("migration", Verb::Publish, self.destination.as_str())
    }

    fn describe(&self) -> Description<'_> {
        let shown = Description::new(format!("commits \"{}\"", self.subject))
            .premise(stands(&self.base, self.on.as_ref()))
            .expects("the candidate, live")
            .detail(1, "to", &self.destination)
            .detail(2, "built from", self.base.as_str());
        match &self.next {
            Next::Candidate(slot) => {
                let shown = shown.touches(&self.destination);
                match slot.uses() {
                    Some(reference) => shown.detail(1, "candidate", reference.to_string()),
                    None => shown.detail(1, "candidate", "a candidate"),
                }
            }
            Next::Edits(edits) => {
                let files = edits.files.iter();
                let shown = files.fold(shown, |shown, edit| {
                    let shown = shown.touches(format!("{}/{}", self.destination, edit.path));
                    match edit.content {
                        Some(_) => shown.detail(1, "writes", &edit.path),
                        None => shown.detail(1, "removes", &edit.path),
                    }
                });
                shown.detail(2, "message", &edits.message)
            }
        }
    }

    fn uses(&self) -> Vec<&OutputRef> {
        match &self.next {
            Next::Candidate(slot) => slot.uses().into_iter().collect(),
            Next::Edits(_) => Vec::new(),
        }
    }
}

impl Publish {
    /// Publishes a proposal, as a change to what is live: the operation holds
    /// the files that differ, and no others.
    pub fn changing(before: &Contents, destination: String, proposal: Proposal, on: Tip) -> Self {
        let files = proposal.contents.changes(before).into_iter();
        let files = files.map(|path| Edit {
            path: path.to_owned(),
            content: proposal
                .contents
                .get(path)
                .map(|bytes| Content::of(bytes.to_vec())),
        });
        Self {
            slug: proposal.slug,
            destination,
            base: proposal.base,
            on: Some(on),
            operation: proposal.operation,
            subject: proposal
                .message
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
            next: Next::Edits(Edits {
                mode: proposal.mode,
                files: files.collect(),
                message: proposal.message,
            }),
        }
    }
}
