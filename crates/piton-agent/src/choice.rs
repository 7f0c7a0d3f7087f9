//! From what the user chose to an agent that can be called.

use std::path::Path;
use std::sync::Arc;

use piton_durable::Disk;
use thiserror::Error;

use crate::adapter::{self, AdapterError, AdapterSpec};
use crate::agent::{Agent, AgentError};
use crate::host::Host;
use crate::program::ProgramAgent;
use crate::script::ScriptAgent;
use crate::sealing::SealTerms;
use piton_base::Clock;

/// What the user chose, from flags and configuration.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// `claude`, `codex`, `command`, `script`, or a name of the user's own.
    pub name: &'a str,
    /// The command line for `command`.
    pub command: Option<&'a str>,
    /// The file for `script`, and where to remember how far it is.
    pub script: Option<&'a Path>,
    pub script_progress: Option<&'a Path>,
    /// Where calls under way leave their notes; see [`crate::process::reap_leftovers`].
    pub notes: Option<&'a Path>,
    /// The table `[agents.NAME]` of the configuration.
    pub settings: Option<&'a toml::Table>,
    /// On what terms its calls run; without, nothing is sealed.
    pub terms: Option<&'a SealTerms>,
}

/// A choice that leads to no agent.
#[derive(Debug, Error)]
pub enum ChoiceError {
    #[error(transparent)]
    Adapter(#[from] AdapterError),
    #[error(transparent)]
    Script(#[from] AgentError),
    #[error("no script is named")]
    NoScript,
    #[error("--agent-command works only with --with command, not with {0}")]
    CommandForAnother(String),
}

impl ChoiceError {
    /// Returns what a person can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Adapter(error) => error.hint().map(str::to_owned),
            Self::Script(_) => None,
            Self::NoScript => Some("give --agent-script FILE or set agent.script".to_owned()),
            Self::CommandForAnother(name) => Some(format!(
                "set agents.{name}.arguments, or leave --agent-command out"
            )),
        }
    }
}

impl<'a> Choice<'a> {
    /// Chooses an agent by its name alone.
    pub const fn of(name: &'a str) -> Self {
        Self {
            name,
            command: None,
            script: None,
            script_progress: None,
            notes: None,
            settings: None,
            terms: None,
        }
    }

    /// Returns the agent. Nothing is run yet; `secrets` are kept out of what is
    /// stored, besides those that piton's own environment holds.
    pub fn agent(
        self,
        host: Host,
        secrets: Vec<String>,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn Agent>, ChoiceError> {
        if self.name == "script" {
            let path = self.script.ok_or(ChoiceError::NoScript)?;
            let agent = ScriptAgent::open(path, disk, clock)?;
            return Ok(match self.script_progress {
                Some(progress) => Arc::new(agent.with_progress(progress.to_path_buf())),
                None => Arc::new(agent),
            });
        }
        let agent = ProgramAgent::new(self.name, self.spec()?, host, disk, clock);
        let terms = self.terms.cloned().unwrap_or_else(SealTerms::off);
        let agent = agent.with_secrets(secrets).on_terms(terms);
        Ok(match self.notes {
            Some(notes) => Arc::new(agent.noting_in(notes.to_path_buf())),
            None => Arc::new(agent),
        })
    }

    /// Returns the description of an agent that is a program.
    pub fn spec(self) -> Result<AdapterSpec, ChoiceError> {
        match (self.name, self.command) {
            ("command", Some(line)) => {
                let given = AdapterSpec::of_command(line)?;
                let Some(settings) = self.settings else {
                    return Ok(given);
                };
                // The flag says what is run; the settings say the rest.
                let mut settings = settings.clone();
                settings.insert("program".to_owned(), given.program.clone().into());
                let spec = adapter::resolve("command", Some(&settings))?;
                let AdapterSpec {
                    program,
                    arguments,
                    prompt,
                    reply,
                    ..
                } = given;
                Ok(AdapterSpec {
                    program,
                    arguments,
                    prompt,
                    reply,
                    ..spec
                })
            }
            (name, Some(_)) => Err(ChoiceError::CommandForAnother(name.to_owned())),
            (name, None) => Ok(adapter::resolve(name, self.settings)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice<'a>(
        name: &'a str,
        command: Option<&'a str>,
        settings: Option<&'a toml::Table>,
    ) -> Choice<'a> {
        Choice {
            command,
            settings,
            ..Choice::of(name)
        }
    }

    #[test]
    fn the_flag_says_what_is_run_and_the_settings_say_the_rest() {
        let settings: toml::Table = "program = \"old\"\n[environment]\nallow = [\"MY_KEY\"]"
            .parse()
            .unwrap();
        let spec = choice("command", Some("new --flag"), Some(&settings))
            .spec()
            .unwrap();
        assert_eq!(
            (spec.program.as_str(), spec.arguments[0].as_str()),
            ("new", "--flag")
        );
        assert_eq!(spec.environment.allow, ["MY_KEY"]);
        assert_eq!(
            choice("command", None, Some(&settings))
                .spec()
                .unwrap()
                .program,
            "old"
        );
    }

    #[test]
    fn a_choice_that_leads_nowhere_says_what_is_missing() {
        let hint = |choice: Choice<'_>| choice.spec().unwrap_err().hint().unwrap();
        let told = hint(choice("command", None, None));
        assert!(told.contains("--agent-command"), "{told}");
        let told = hint(choice("claude", Some("x"), None));
        assert!(told.contains("agents.claude.arguments"), "{told}");
    }
}
