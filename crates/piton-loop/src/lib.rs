//! Carrying a migration forward.
//!
//! A planning step is decided ([`planning`]) from the accepted state of a
//! migration, put into words for an agent ([`prompts`], [`taste`], [`effort`]),
//! its reply is read ([`replies`]), and what is accepted is published and
//! committed ([`commit`]). Everything that happened on the way is kept in a run
//! record ([`runs`]); what did not work is told in a snapshot ([`failures`]).

pub mod claim;
pub mod clock;
pub mod commit;
pub mod deciding;
pub mod dilution;
pub mod effort;
pub mod failures;
mod fence;
pub mod guard;
pub mod hooks;
mod last_lines;
pub mod operation;
pub mod planning;
pub mod prompts;
pub mod replies;
mod routing;
pub mod runs;
pub mod sanitize;
pub mod slots;
pub mod targets;
pub mod taste;
pub mod validation;
pub mod work;
