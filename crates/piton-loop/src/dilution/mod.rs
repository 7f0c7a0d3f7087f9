//! Whether a change weakens the tests that are to judge it.
//!
//! A change is compared as a whole ([`compare()`]): tests that moved or were
//! renamed are no loss. Nothing is run here and nothing is looked up; the
//! texts before and after are all there is. What is found is a list of
//! [`Finding`]s, the gravest first, and [`Policy`] says which of them send
//! the work back.

mod adrift;
mod code;
mod compare;
mod finding;
mod gates;
mod hollow;
mod idle;
mod language;
mod lexer;
mod passed_over;
mod reach;
mod rows;
mod scan;
mod strength;
mod suite;
mod tables;
mod tests_of;

pub use compare::{FileChange, compare};
pub use finding::{Finding, Policy, refused, tell};
