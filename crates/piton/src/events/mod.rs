//! The one stream of events, and who follows it in the program.

mod hub;
mod lines;
mod shown;

pub(crate) use hub::Events;
