//! The person at the terminal.

mod asking;
pub(crate) mod editor;
pub(crate) mod worded;

pub(crate) use asking::Terminal;
