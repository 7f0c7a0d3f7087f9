//! Agents as the user wants them: which one, on what terms, in what place.

mod args;
mod choice;
mod sealing;
pub(crate) mod session;
pub(crate) mod slots;
mod watched;

pub(crate) use args::AgentArgs;
pub(crate) use choice::{agent, budget, chosen, described, model, ready, tell_terms};
pub(crate) use watched::Watch;
