//! A target that is to be worked on.

use crate::prompts::TargetBrief;
use crate::targets::Target;

/// A target, with what the run says of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePiece {
    pub target: Target,
    /// What the user says the whole run is about.
    pub scope: Option<String>,
    /// What the commit is called, where it is not called after its target.
    pub subject: Option<String>,
    /// Whether it is asked first how far the target reaches, and whether it
    /// takes a migration.
    pub route: bool,
}

impl SourcePiece {
    /// Returns what an agent is told of the target, as far as it was found to
    /// reach.
    pub(super) fn brief<'t>(&'t self, target: &'t Target) -> TargetBrief<'t> {
        TargetBrief {
            description: &target.description,
            files: target.files.iter().map(String::as_str).collect(),
            // What a target says of itself outweighs what the run says.
            scoping: target.scoping.as_deref().or(self.scope.as_deref()),
        }
    }
}
