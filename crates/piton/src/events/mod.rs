//! The one stream of events, and who follows it in the program.

mod diary;
mod hub;
mod lines;
mod live;
mod seats;
mod shown;
mod under_way;
mod watch;

pub(crate) use hub::Events;
