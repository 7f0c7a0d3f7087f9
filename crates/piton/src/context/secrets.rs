//! Refusing secrets on the command line: what is said there is stored, and most
//! of it is committed.

use piton_agent::{Host, secrets};

use super::command::Context;
use crate::error::CommandError;

/// A shorter value says nothing: it comes up by chance.
const SHORTEST: usize = 8;

impl Context {
    /// Refuses a text that holds a secret. `what` names where it was given.
    pub(crate) fn refuse_secret(&self, what: &str, text: &str) -> Result<(), CommandError> {
        let host = Host::new(self.environment.raw());
        let held = secrets::known(&host)
            .into_iter()
            .find(|one| one.value.len() >= SHORTEST && text.contains(&one.value))
            .map(|one| format!("the value of {}", one.variable))
            .or_else(|| secrets::in_text(text));
        match held {
            None => Ok(()),
            Some(held) => Err(CommandError::usage(format!(
                "{what} contains {held}, and it would be stored; nothing was changed"
            ))
            .hint("leave it out, or name the variable that holds it")),
        }
    }
}
