//! Work on the code: a phase, a refactor, from the call to the landed commit.
//!
//! `phase` and `refactor` say what is asked and what must hold of the
//! result; `attempts` is how both go about it: a slot, a call, what changed, a
//! commit, [`prove`] in a slot where no agent ever writes, and once more if it
//! was not good. What is accepted is held by a reference of piton's own
//! ([`accepted`]) until it has [landed](land).

pub mod accepted;
mod allowance;
mod attempts;
mod call;
pub mod evidence;
mod failure;
mod guarded;
mod hooks;
mod kept;
pub mod land;
mod landings;
mod message;
mod note;
mod phase;
mod phase_job;
mod piece;
mod plan;
mod plan_prepared;
mod prepared;
pub mod prove;
mod ready;
mod refactor;
mod route;
mod setback;
mod shop;
mod source_piece;
pub(crate) mod spilled;
mod start;
pub mod stored_plan;
mod territory;
mod weakened;
mod workplace;

pub use accepted::Accepted;
pub use allowance::Allowance;
pub use failure::{End, Halt, Traces, WorkFailure};
pub use landings::Landings;
pub use piece::Piece;
pub use shop::{Models, Shop, Worked};
pub use source_piece::SourcePiece;
pub use start::Start;
pub use territory::is_settings;
