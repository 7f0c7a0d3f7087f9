//! Sessions in which a person and an agent share the terminal.

mod session;
mod settle;
mod terminal;

pub use session::{Session, SessionEnd, SessionError, run};
pub use settle::{Settle, done_file};
pub use terminal::Terminal;
