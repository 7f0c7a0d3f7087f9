//! `piton init`: sets piton up in a repository.

mod adopt;
mod agent_files;
mod args;
mod before;
mod ci;
mod decide;
mod guess;
mod migrations;
mod places;
mod settings;
mod taste;

use crate::agent_files::{Wanted, wanted};
use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::output::{Channel, Level};
use crate::planning::readiness;

pub(crate) use self::args::InitArgs;
use self::ci::Ci;

pub(crate) fn run(
    context: &Context,
    args: &InitArgs,
    definition: fn() -> clap::Command,
) -> CommandResult {
    if let Some(line) = &args.validation_command {
        context.refuse_secret("--validation-command", line)?;
    }
    let place = context.place_to_write(&args.plan)?;
    let ci = args.ci.then(|| Ci::read(&place.settings)).transpose()?;
    let site = context.site(&place);
    let data = context.environment.original_data();
    let agents = args.agent_files.iter().copied();
    let files: Vec<Wanted> = agents
        .flat_map(|agent| wanted(agent, &definition()))
        .collect();
    let decided = decide::decide(
        &context.disk,
        &place.repository,
        data.as_deref(),
        args,
        ci.as_ref(),
        &files,
    )?;
    for line in &decided.told {
        context.out.note(Channel::Setup, Level::NORMAL, line);
    }
    // Better known now than when the first migration is to be committed.
    if let Err(error) = place.repository.identity() {
        let way_out = error
            .hint()
            .map_or_else(String::new, |it| format!("; {it}"));
        let error = piton_base::on_one_line(&error);
        let text = format!("{error}; nothing can be committed{way_out}");
        context.out.warn(&text);
    }
    for line in readiness::missing(context, &place, decided.validation.as_deref()) {
        context.out.warn(&line);
    }
    let ended = site.carry_out_and_tell(&args.plan, &decided.plan)?;
    if ended.exit == Exit::Done && !ended.receipts.is_empty() {
        context
            .out
            .hint("check what was written, then commit it: `git add -A && git commit`");
        context
            .out
            .hint("start a migration: `piton migration new --target \"what should change\"`");
    }
    Ok(ended.exit)
}
