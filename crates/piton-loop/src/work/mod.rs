//! Work on the code: a phase, a refactor, from the call to the landed commit.
//!
//! [`phase`] and [`refactor`] say what is asked and what must hold of the
//! result; `attempts` is how both go about it: a slot, a call, what changed, a
//! commit, [`prove`] in a slot where no agent ever writes, and once more if it
//! was not good. What is accepted is held by a reference of piton's own
//! ([`accepted`]) until it has [landed](land).

pub mod accepted;
mod allowance;
mod attempts;
mod call;
pub mod evidence;
pub mod failure;
mod hooks;
pub mod land;
mod landings;
mod message;
mod note;
pub mod phase;
mod phase_job;
mod piece;
pub mod plan;
mod plan_prepared;
mod prepared;
pub mod prove;
mod ready;
pub mod refactor;
mod route;
mod setback;
mod shop;
mod spilled;
pub mod stored_plan;
mod territory;
mod weakened;
mod workplace;

pub use accepted::Accepted;
pub use allowance::Allowance;
pub use attempts::Start;
pub use failure::{Halt, WorkFailure};
pub use landings::Landings;
pub use message::Trailers;
pub use piece::{Piece, SourcePiece};
pub use shop::{Models, Shop, Worked};
