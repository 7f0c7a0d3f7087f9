//! What agents are told: templates, one a role, overridable per repository.

mod builtin;
mod context;
mod error;
mod origin;
mod quote;
mod role;
mod set;
mod work;

pub use context::{
    ApproachText, EffortBrief, HumanReviewPrompt, Material, Note, PlanningPrompt, Quoted,
    TargetBrief, TastePrompt,
};
pub use error::PromptError;
pub use origin::TemplateOrigin;
pub use role::PromptRole;
pub use set::PromptSet;
pub use work::{CandidateBrief, PhaseBrief, PhaseText, RetryBrief, WorkAbout, WorkPrompt};
