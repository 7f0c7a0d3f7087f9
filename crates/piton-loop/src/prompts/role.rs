//! The roles that have a prompt.

use std::fmt;
use std::str::FromStr;

/// A role with a prompt of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PromptRole {
    Approaches,
    PickBest,
    Expand,
    Review,
    Revise,
    Review2,
    FinalReview,
    HumanReview,
    ScopeSelection,
    Classify,
    Refactor,
    FixAmendment,
    ReadyCheck,
    Phase,
    StoredPlan,
    TasteInterview,
    TasteRefine,
    TasteUpgrade,
}

/// A word that names no role.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{word:?} is not a role with a prompt; the roles are {}", all_names())]
pub struct PromptRoleError {
    word: String,
}

impl PromptRole {
    pub const ALL: [Self; 18] = [
        Self::Approaches,
        Self::PickBest,
        Self::Expand,
        Self::Review,
        Self::Revise,
        Self::Review2,
        Self::FinalReview,
        Self::HumanReview,
        Self::ScopeSelection,
        Self::Classify,
        Self::Refactor,
        Self::FixAmendment,
        Self::ReadyCheck,
        Self::Phase,
        Self::StoredPlan,
        Self::TasteInterview,
        Self::TasteRefine,
        Self::TasteUpgrade,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approaches => "approaches",
            Self::PickBest => "pick-best",
            Self::Expand => "expand",
            Self::Review => "review",
            Self::Revise => "revise",
            Self::Review2 => "review-2",
            Self::FinalReview => "final-review",
            Self::HumanReview => "human-review",
            Self::ScopeSelection => "scope-selection",
            Self::Classify => "classify",
            Self::Refactor => "refactor",
            Self::FixAmendment => "fix-amendment",
            Self::ReadyCheck => "ready-check",
            Self::Phase => "phase",
            Self::StoredPlan => "stored-plan",
            Self::TasteInterview => "taste-interview",
            Self::TasteRefine => "taste-refine",
            Self::TasteUpgrade => "taste-upgrade",
        }
    }

    /// Returns the name of the role's template file.
    pub fn template(self) -> String {
        format!("{}.md.j2", self.as_str())
    }
}

impl fmt::Display for PromptRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PromptRole {
    type Err = PromptRoleError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        // The names under which calls are recorded are understood too.
        let name = match word.strip_prefix("planning.").unwrap_or(word) {
            "scope-expansion" => "scope-selection",
            "phase.ready-check" => "ready-check",
            "phase.execute" => "phase",
            name => name,
        };
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == name)
            .ok_or_else(|| PromptRoleError {
                word: word.to_owned(),
            })
    }
}

fn all_names() -> String {
    PromptRole::ALL.map(PromptRole::as_str).join(", ")
}
