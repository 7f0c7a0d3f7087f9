//! What agents are told: templates, one a role, overridable per repository.

mod builtin;
mod context;
mod error;
mod quote;
mod role;
mod set;
mod work;

pub use context::{
    ApproachText, EffortBrief, HumanReviewPrompt, Note, PlanningPrompt, Quoted, Settled,
    StepPrompt, TargetBrief, TastePrompt,
};
pub use error::PromptError;
pub use role::{PromptRole, PromptRoleError};
pub use set::{PromptSet, TemplateOrigin};
pub use work::{
    CandidateBrief, ClassifyPrompt, PhaseBrief, PhasePrompt, RefactorPrompt, RetryBrief,
    ScopePrompt, StoredPlanPrompt, WorkPrompt,
};
