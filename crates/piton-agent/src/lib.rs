//! Calling agents: external programs that do a piece of work and reply.
//!
//! [`Agent`] is the one seam; above it nobody knows which agent it is.
//! [`ProgramAgent`] is an adapter of data plus the supervisor that runs a
//! program and ends all of its processes; [`ScriptAgent`] plays a file of
//! canned replies. Every call ends in an [`Outcome`], and success is a result
//! that was read and understood, never an exit code alone.

pub mod adapter;
pub mod agent;
pub mod call;
pub mod choice;
pub mod classify;
pub mod dialect;
pub mod distinct;
pub mod environment;
pub mod host;
pub mod interactive;
pub mod outcome;
pub mod process;
pub mod program;
pub mod redact;
pub mod script;
pub mod sealing;
pub mod secrets;
pub mod until;
pub mod usage;
pub mod version;
pub mod watchdog;
pub mod words;

pub use adapter::{AdapterError, AdapterSpec};
pub use agent::{
    Agent, AgentError, CallEvent, CallEvents, CallFiles, CallRecord, Probe, Quiet, Tells,
};
pub use call::{AgentCall, CallRole};
pub use choice::{Choice, ChoiceError};
pub use host::Host;
pub use outcome::{Outcome, Reply};
pub use program::{HeldSession, ProgramAgent};
pub use script::{Script, ScriptAgent};
pub use usage::Usage;
pub use watchdog::Limits;
