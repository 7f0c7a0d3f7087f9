//! How far a target reaches, and which way it goes.
//!
//! Pure: from what was observed of one file and its surroundings to the ways of
//! widening it ([`candidates()`]). Which of them is taken, and whether the
//! target is one change or a migration, is asked of an agent.

mod aliases;
mod candidates;
mod words;

pub(crate) use aliases::aliases;
pub(crate) use candidates::{Candidate, Surroundings, candidates};
pub(crate) use words::mentions;
