//! What an agent did outside the migration's directory.

use std::fmt;
use std::path::PathBuf;

use piton_git::slot::{SlotChange, SlotChangeKind};

use crate::guard::{Found, Stray};
use crate::listed::first_few;

/// What makes the whole work of a call be refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strayed {
    /// Tracked files of the slot, outside the migration's directory.
    pub(crate) files: Vec<SlotChange>,
    /// What was done to the user's repository.
    pub(crate) repository: Vec<Stray>,
    /// Where what was planted is now.
    pub(crate) set_aside: Option<PathBuf>,
}

impl Strayed {
    /// Takes what counts; `None` when nothing does. Files are in the slot and
    /// go with it, so they only count where the agent's work is to be taken.
    pub fn of(files: Vec<SlotChange>, found: Found, takes_work: bool) -> Option<Self> {
        let counts = !found.strays.is_empty() || (takes_work && !files.is_empty());
        counts.then_some(Self {
            files,
            repository: found.strays,
            set_aside: found.set_aside,
        })
    }

    /// Says what a person can do about it.
    pub fn advice(&self) -> String {
        let mut advice = vec!["none of its work was taken".to_owned()];
        if let Some(place) = &self.set_aside {
            advice.push(format!(
                "what git would run or use was moved to {}, and what was there before is back; \
                 if it was yours, put it back from there",
                place.display()
            ));
        }
        let reference = |stray: &Stray| match stray {
            Stray::Reference { .. } | Stray::Head => true,
            Stray::Planted { .. } => false,
        };
        if self.repository.iter().any(reference) {
            advice.push(
                "check the references named above, and put them back if you did not change them \
                 (`git reflog` shows where they were)"
                    .to_owned(),
            );
        }
        advice.push(if self.repository.is_empty() {
            "run the step again, with a sandboxed agent if it keeps straying".to_owned()
        } else {
            "then run the step again".to_owned()
        });
        advice.join("; ")
    }
}

impl fmt::Display for Strayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 8;
        let files = self.files.iter().map(|change| {
            let what = match change.kind {
                SlotChangeKind::Changed => "changed",
                SlotChangeKind::Deleted => "deleted",
                SlotChangeKind::Made => "made",
                SlotChangeKind::Repository => "a repository, made",
            };
            format!("{} ({what})", change.path.display())
        });
        // What is the user's own comes first: it is what matters.
        let repository = self.repository.iter().map(Stray::to_string);
        let shown = first_few(MOST, repository.chain(files));
        f.write_str(&shown.unwrap_or_default())
    }
}
