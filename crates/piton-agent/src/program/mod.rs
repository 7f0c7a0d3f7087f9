//! An agent that is a program, described by an adapter.

mod agent;
mod call;
mod command;
mod enclosed;
mod recording;
mod session;
mod version;

pub use agent::ProgramAgent;
pub use session::HeldSession;
