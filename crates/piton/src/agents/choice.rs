//! Which agent is called: from flags and settings to the agent itself.

use std::path::Path;
use std::sync::Arc;

use piton_agent::choice::Choice;
use piton_agent::sealing::SealTerms;
use piton_agent::{Agent, Host, Probe};
use piton_base::StateDir;
use piton_base::SystemClock;
use piton_durable::{Disk, RealDisk};
use piton_loop::effort::EffortBudget;
use piton_loop::operation::AgentChoice;

use super::sealing;
use crate::config::{Origin, Settings, nearest};
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, ErrorKind};

/// Takes the choice out of the settings. A script named by a flag is meant
/// from `directory`, one named in a file from the `top` of the repository.
pub(crate) fn chosen(settings: &Settings, directory: &Path, top: &Path) -> AgentChoice {
    let name = settings.agent_name().to_owned();
    AgentChoice {
        command: settings
            .agent_command()
            .filter(|_| name == "command")
            .map(str::to_owned),
        script: settings
            .agent_script()
            .filter(|_| name == "script")
            .map(|(file, origin)| match origin {
                Origin::Flag(_) => directory.join(&file.written),
                Origin::Variable(_) | Origin::File { .. } | Origin::Default => {
                    top.join(&file.written)
                }
            }),
        name,
        idle_seconds: settings.agent_idle_limit().as_secs(),
        deadline_seconds: settings.agent_deadline().as_secs(),
        grace_seconds: settings.agent_result_grace().as_secs(),
    }
}

/// Returns the agent's description in a settings file, if it has one.
pub(crate) fn described(
    choice: &AgentChoice,
    settings: &Settings,
) -> Result<Option<toml::Table>, CommandError> {
    settings
        .adapter(&choice.name)
        .map(|(text, file)| {
            text.parse::<toml::Table>().map_err(|error| {
                CommandError::usage(format!(
                    "could not use [agents.{}] in {}",
                    choice.name,
                    file.display()
                ))
                .with_source(error.message().to_owned())
            })
        })
        .transpose()
}

/// Says once how an agent's calls are sealed. A script runs nothing.
pub(crate) fn tell_terms(choice: &AgentChoice, context: &Context, terms: &SealTerms) {
    if choice.name != "script" {
        sealing::tell(context, terms);
    }
}

/// Makes the agent that can be called. Nothing is run yet.
pub(crate) fn agent(
    choice: &AgentChoice,
    context: &Context,
    settings: &Settings,
    state: &StateDir,
    terms: &SealTerms,
) -> Result<Arc<dyn Agent>, CommandError> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    let described = described(choice, settings)?;
    let progress = state.work().join("script-progress.json");
    let notes = state.calls();
    Choice {
        notes: Some(&notes),
        name: &choice.name,
        command: choice.command.as_deref(),
        script: choice.script.as_deref(),
        script_progress: Some(&progress),
        settings: described.as_ref(),
        terms: Some(terms),
    }
    .agent(
        Host::new(context.environment.raw()).with_directory(&context.directory),
        Vec::new(),
        disk,
        Arc::new(SystemClock::default()),
    )
    .map_err(|error| {
        let hint = error.hint();
        let refused = CommandError::usage(format!("could not use the agent {}", choice.name))
            .with_source(error);
        match &choice.script {
            Some(script) => refused.hint(format!(
                "correct {}, or name another file with --agent-script",
                script.display()
            )),
            None => refused
                .argument(&choice.name)
                .suggest(
                    nearest(
                        &choice.name,
                        settings.agent_names().iter().map(String::as_str),
                    )
                    // A known one that lacks something is no misspelling.
                    .filter(|name| *name != choice.name),
                )
                .hints(hint),
        }
    })
}

/// Refuses an agent that is not there, and returns what to warn of.
pub(crate) fn ready(agent: &dyn Agent) -> Result<Option<String>, CommandError> {
    match agent.probe() {
        Probe::Ready { warning, .. } => Ok(warning),
        Probe::Missing { program, advice } => Err(CommandError::new(
            ErrorKind::Usage,
            format!("could not find the agent's program {program}"),
        )
        .hint(advice)),
    }
}

/// Returns the effort that calls may have.
pub(crate) fn budget(settings: &Settings) -> Result<EffortBudget, CommandError> {
    EffortBudget::new(
        Some(settings.effort_default()),
        Some(settings.effort_maximum()),
    )
    .or_usage("could not set the effort")
    .map_err(|error| error.hint("lower `effort.default`, or raise `effort.maximum`"))
}

/// Returns the model for one role: its own, or the one for all.
pub(crate) fn model(settings: &Settings, role: &str) -> Option<String> {
    settings
        .text(&format!("models.{role}"))
        .or_else(|| settings.agent_model())
        .map(str::to_owned)
}
