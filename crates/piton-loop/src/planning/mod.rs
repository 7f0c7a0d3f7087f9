//! Planning a migration, one accepted step at a time.
//!
//! [`decide`] looks at the accepted state and says what the next step is, word
//! for word; it changes nothing, and a dry run ends there. Performing calls the
//! agent in a slot ([`crate::slots`]), compares what it may not touch
//! ([`crate::guard`]), and builds the next accepted state from what it left and said
//! ([`accept`], which is pure).

pub mod accept;
pub mod bookkeeping;
pub mod brief;
pub mod decide;
mod evidence;
pub mod failed;
pub mod failure;
mod laid;
pub mod paths;
pub mod perform;
pub mod person;
pub mod plan;
mod points;
mod products;
pub mod site;
mod skip_note;
pub mod snapshot;
pub mod strayed;
pub mod sweep;
pub mod verdict;
pub mod waiting;
