//! The template that a word means.

use piton_loop::prompts::{PromptRole, PromptSet};

use crate::error::CommandError;

/// Returns the file of the template that was meant, by its role or its name.
pub(super) fn file(prompts: &PromptSet, word: &str) -> Result<String, CommandError> {
    match PromptRole::named(word) {
        Ok(role) => Ok(role.template()),
        Err(error) if prompts.part(word).is_none() => {
            Err(CommandError::usage("could not find the prompt")
                .with_source(error)
                .hint("`piton prompt list` names the parts too"))
        }
        Err(_) => Ok(word.to_owned()),
    }
}
