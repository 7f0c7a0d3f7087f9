//! The roles that have a prompt.

use piton_base::UnknownWord;
use piton_migration::planning::Step;

piton_base::words! {
    /// A role with a prompt of its own.
    #[derive(Hash, PartialOrd, Ord)]
    pub enum PromptRole: "a role with a prompt" {
        Approaches = "approaches",
        PickBest = "pick-best",
        Expand = "expand",
        Review = "review",
        Revise = "revise",
        Review2 = "review-2",
        FinalReview = "final-review",
        HumanReview = "human-review",
        ScopeSelection = "scope-selection",
        Classify = "classify",
        Refactor = "refactor",
        FixAmendment = "fix-amendment",
        ReadyCheck = "ready-check",
        Phase = "phase",
        StoredPlan = "stored-plan",
        TasteInterview = "taste-interview",
        TasteRefine = "taste-refine",
        TasteUpgrade = "taste-upgrade",
    }
}

impl PromptRole {
    /// Reads a role. The names under which calls are recorded are understood
    /// too.
    pub fn named(word: &str) -> Result<Self, UnknownWord> {
        match word.strip_prefix("planning.").unwrap_or(word) {
            "scope-expansion" => Ok(Self::ScopeSelection),
            "phase.ready-check" => Ok(Self::ReadyCheck),
            "phase.execute" => Ok(Self::Phase),
            name => name.parse(),
        }
    }

    /// Returns the name of the role's template file.
    pub fn template(self) -> String {
        format!("{}.md.j2", self.as_str())
    }
}

impl From<Step> for PromptRole {
    fn from(step: Step) -> Self {
        match step {
            Step::Approaches => Self::Approaches,
            Step::PickBest => Self::PickBest,
            Step::Expand => Self::Expand,
            Step::Review => Self::Review,
            Step::Revise => Self::Revise,
            Step::Review2 => Self::Review2,
            Step::FinalReview => Self::FinalReview,
        }
    }
}
