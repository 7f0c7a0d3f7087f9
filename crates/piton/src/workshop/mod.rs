//! The workshop of a run: what it works with, read once, and how it begins. Who
//! carries a single piece of work out works in it too.

mod args;
pub(crate) mod budgets;
pub(crate) mod checks;
mod floor;
pub(crate) mod held_step;
mod opening;
mod setting_out;
mod tell;
mod texts;
mod way;

pub(crate) use args::{WorkArgs, read_text};
pub(crate) use floor::Floor;
pub(crate) use opening::begin;
pub(crate) use setting_out::set_out;
pub(crate) use tell::{Facts, Teller, Told, document};
pub(crate) use way::Way;
