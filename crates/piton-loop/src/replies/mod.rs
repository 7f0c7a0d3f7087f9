//! What agents answer: prose with a decision line in it, or JSON by a schema.

mod chosen_approach;
mod classifier;
mod decision_line;
mod final_decision;
mod markdown;
mod ready;
mod review_verdict;
pub mod schema;
mod scope_selection;
mod status_block;
pub mod structured;

pub(crate) use chosen_approach::chosen_approach;
pub use classifier::Route;
pub use decision_line::Undecided;
pub use final_decision::FinalDecision;
pub use ready::{ReadyAnswer, Verdict};
pub use review_verdict::ReviewVerdict;
pub(crate) use review_verdict::finds_nothing;
pub use scope_selection::{CandidateKind, ScopeSelection, ScopeSelectionError};
pub use status_block::{Decision, Recommendation, StatusBlock};
