//! Files that a plan leaves alone, before and after it is performed.

use std::collections::BTreeSet;

use piton_base::RepoPath;

use super::look::look;
use super::observe::{FileWorld, no_repository};
use super::operation::Was;
use crate::failure::Failure;
use crate::id::ActionId;
use crate::operation::Operation;
use crate::plan::Plan;
use crate::verb::Verb;
use crate::verify::{Checked, Verdict};

/// Those of the files watched by a plan that no action of it names, as they
/// were before it was performed.
///
/// The plan was perhaps decided long before: what the user did until it was
/// performed is none of its doing, so the files are looked at only then.
#[derive(Debug)]
pub struct Watched<'a> {
    world: FileWorld<'a>,
    before: Vec<(RepoPath, Result<Seen, Failure>)>,
}

/// What is compared of a file.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    was: Option<Was>,
    told: String,
}

impl<'a> FileWorld<'a> {
    /// Looks at the files that a plan watches.
    pub fn watch<O: Operation>(self, plan: &Plan<O>) -> Watched<'a> {
        let mut before = Vec::new();
        if !plan.watches().is_empty() {
            let shown = plan.actions().iter().map(|one| one.operation().describe());
            let named: BTreeSet<_> = shown.flat_map(|shown| shown.touches).collect();
            let watched = plan.watches().iter();
            let watched = watched.filter(|path| !named.contains(path.as_str()));
            before.extend(watched.map(|path| (path.clone(), self.see(path))));
        }
        Watched {
            world: self,
            before,
        }
    }

    fn see(self, path: &RepoPath) -> Result<Seen, Failure> {
        let root = self.root.ok_or_else(no_repository)?;
        let found = look(self.disk, root, path)?;
        Ok(Seen {
            was: found.was(),
            told: found.told(),
        })
    }
}

impl Watched<'_> {
    /// Looks again, and returns what is not as it was, under the id that leaving
    /// the file alone would have.
    pub fn changed(&self) -> Vec<Checked> {
        let changed = self.before.iter().filter_map(|(path, before)| {
            let verdict = match (before, self.world.see(path)) {
                (Ok(before), Ok(after)) if *before == after => return None,
                (Ok(before), Ok(after)) => Verdict::Deviation {
                    expected: format!("{}, which no action changes", before.told),
                    found: after.told,
                },
                (Err(failure), _) => unverifiable(failure),
                (Ok(_), Err(failure)) => unverifiable(&failure),
            };
            Some(Checked {
                action: ActionId::derive("file", Verb::Skip, path.as_str()),
                verdict,
            })
        });
        changed.collect()
    }
}

fn unverifiable(failure: &Failure) -> Verdict {
    Verdict::Unverifiable {
        why: failure.message.clone(),
    }
}
