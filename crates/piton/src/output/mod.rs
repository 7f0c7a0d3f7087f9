//! What people and programs see: channels, levels, streams, colour.

pub(crate) mod amount;
mod channel;
mod envelope;
mod gathered;
mod kept;
pub(crate) mod offering;
mod out;
mod shapes;
mod table;
mod time;
mod verbosity;
mod wrap;

pub(crate) use channel::Channel;
pub(crate) use envelope::{Envelope, Fields};
pub(crate) use out::{Color, Out};
pub(crate) use shapes::Shape;
pub(crate) use table::{Cell, Table, Tone};
pub(crate) use time::{ago, local_stamp, local_time};
pub(crate) use verbosity::{Level, Show, Verbosity, join_show};
use wrap::plain;
pub(crate) use wrap::{broken, wrap};
