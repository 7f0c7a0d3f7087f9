//! Any command line, as an agent that takes a prompt and prints a reply.

use super::recipes;
use super::rules::FailureRule;
use super::spec::{AdapterError, AdapterSpec, PromptDelivery, ReplySource};
use crate::words;

/// The `command` description, before a program is filled in.
pub(super) const COMMAND: &str = include_str!("command.toml");

impl AdapterSpec {
    /// Describes any program that takes a prompt and prints a reply.
    pub fn of_command(line: &str) -> Result<Self, AdapterError> {
        let mut words = words::split(line).map_err(|source| AdapterError::Command {
            command: line.to_owned(),
            source,
        })?;
        let mut spec: Self = toml::from_str(COMMAND)
            .expect("a built-in description parses; a test reads all of them");
        spec.program = words.remove(0);
        spec.arguments = words;
        spec.allow_its_keys();
        spec.understand_its_failures();
        let names = |blank| {
            spec.arguments
                .iter()
                .any(|argument| argument.contains(blank))
        };
        let (prompt, reply) = (names("{prompt_file}"), names("{reply_file}"));
        if prompt {
            spec.prompt = PromptDelivery::File;
        }
        if reply {
            spec.reply = ReplySource::File;
        }
        Ok(spec)
    }

    /// Lets the program have the keys of its own service.
    pub(super) fn allow_its_keys(&mut self) {
        for key in recipes::variables_of(&self.program) {
            if !self.environment.allow.contains(&key) {
                self.environment.allow.push(key);
            }
        }
    }

    /// Takes over what is known of the failures of a program of this name.
    pub(super) fn understand_its_failures(&mut self) {
        let recipe = recipes::of(&self.program).unwrap_or_default();
        let known = recipe.get("failures").cloned();
        let known: Vec<FailureRule> = known
            .and_then(|rules| rules.try_into().ok())
            .unwrap_or_default();
        self.failures.splice(0..0, known);
    }
}
