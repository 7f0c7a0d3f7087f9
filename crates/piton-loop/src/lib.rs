//! Carrying work out: the one next thing, and doing it.
//!
//! [`deciding`] says what comes next, [`work`] does it in a slot, and what is
//! accepted lands. A planning step is decided ([`planning`]) from the accepted
//! state of a migration, put into words for an agent ([`prompts`], [`taste`],
//! [`effort`]), and its reply is read ([`replies`]). Everything that happened on
//! the way is kept in a run record ([`runs`]); what failed is reported in a
//! snapshot ([`failures`]).

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
mod listed;
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
