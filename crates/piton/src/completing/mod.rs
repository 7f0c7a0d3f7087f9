//! What a shell offers for a word that is being typed.

mod names;
pub(crate) mod shell;

pub(crate) use names::{agents, journals, keys, roles, runs, slugs};
