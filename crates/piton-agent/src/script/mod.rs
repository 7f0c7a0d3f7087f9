//! The agent that plays a file of canned replies and edits.

mod agent;
mod edit;
mod file;
mod making;

pub use agent::ScriptAgent;
pub use edit::{Base, Change, Edit};
pub use file::{Script, ScriptError, Step};
pub use making::EditError;
