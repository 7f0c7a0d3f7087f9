//! The agent that plays a file of canned replies and edits.

mod agent;
mod edit;
mod file;

pub use agent::ScriptAgent;
pub use edit::EditError;
pub use file::{Base, Change, Edit, Script, ScriptError, Step};
