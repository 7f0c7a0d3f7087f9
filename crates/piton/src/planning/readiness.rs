//! What work here will need first, and does not find.

use piton_agent::Host;
use piton_agent::choice::Choice;
use piton_base::terminal::clean;
use piton_loop::validation::ValidationCommand;

use crate::agents;
use crate::context::{Context, Place};

/// Returns what is missing, each in one line with the way out. Nothing is run.
pub(crate) fn missing(context: &Context, place: &Place, validation: Option<&str>) -> Vec<String> {
    let host = Host::new(context.environment.raw()).with_directory(place.top());
    let agent = agent(context, place, &host);
    let validation = validation.and_then(|command| cannot_start(command, &host));
    [agent, validation].into_iter().flatten().collect()
}

/// The agent that is configured.
pub(crate) fn agent(context: &Context, place: &Place, host: &Host) -> Option<String> {
    let chosen = agents::chosen(&place.settings, &context.directory, place.top());
    if let Some(script) = &chosen.script {
        let there = context.disk_has(script).unwrap_or(false);
        return (!there).then(|| {
            format!(
                "the agent's script {} does not exist; write it, or choose another agent with \
                 agent.use",
                script.display()
            )
        });
    }
    let described = agents::described(&chosen, &place.settings);
    let spec = described.map(|described| {
        Choice {
            command: chosen.command.as_deref(),
            settings: described.as_ref(),
            ..Choice::of(&chosen.name)
        }
        .spec()
    });
    let way_out = "`piton doctor` says more";
    match spec {
        Ok(Ok(spec)) if host.find_program(&spec.program).is_some() => None,
        Ok(Ok(spec)) if spec.install.is_empty() => Some(format!(
            "the agent's program {} was not found; install it, or choose another agent with \
             agent.use",
            spec.program
        )),
        Ok(Ok(spec)) => Some(format!(
            "the agent's program {} was not found; install it with `{}`, or choose another \
             agent with agent.use",
            spec.program, spec.install
        )),
        Ok(Err(error)) => Some(format!(
            "the agent {} cannot be used: {}; {way_out}",
            chosen.name,
            piton_base::on_one_line(&error)
        )),
        Err(error) => Some(format!("{}; {way_out}", error.on_one_line())),
    }
}

/// A validation command of which nothing can be run.
pub(crate) fn cannot_start(command: &str, host: &Host) -> Option<String> {
    let way_out = "`piton config set validation-command COMMAND` names another";
    match ValidationCommand::read(command) {
        Ok(None) => None,
        Ok(Some(command)) => {
            let program = command.words().first()?;
            let is_there = host.find_program(program).is_some();
            (!is_there).then(|| format!("{}; {way_out}", no_such_check(program)))
        }
        Err(error) => Some(format!("{}; {way_out}", piton_base::on_one_line(&error))),
    }
}

/// Says that the program of a validation command is nowhere.
pub(crate) fn no_such_check(program: &str) -> String {
    format!(
        "the validation command cannot start: the program {} was not found",
        clean(program)
    )
}
