//! `piton prompt`: what agents are told.

mod copy;
mod template;

use clap::{Args, Subcommand};
use piton_loop::prompts::{PromptSet, TemplateOrigin};
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::output::{Channel, Level, Table};
use crate::planning::prompts;

/// Show what agents are told, and make it your own
#[derive(Debug, Subcommand)]
#[command(
    defer = true,
    after_help = "\
Examples:
  piton prompt list
  piton prompt show expand
  piton prompt copy expand        then change .piton/prompts/expand.md.j2"
)]
pub(crate) enum PromptCommand {
    List(ListArgs),
    Show(ShowArgs),
    Copy(copy::CopyArgs),
}

/// List the templates, and where each comes from
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton prompt list")]
pub(crate) struct ListArgs {
    /// Leave out the line of headers
    #[arg(long)]
    no_headers: bool,
}

/// Print the template of a role, or a part that several share
///
/// A file of the same name in .piton/prompts replaces it in this repository.
/// `piton migration step --dry-run -vv` shows a prompt as the agent would get
/// it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton prompt show final-review
  piton prompt show _situation.md.j2")]
pub(crate) struct ShowArgs {
    /// A role, such as expand or review-2, or a template's file name
    #[arg(add = crate::completing::roles())]
    role: String,
}

pub(crate) fn run(context: &Context, command: &PromptCommand) -> CommandResult {
    match command {
        PromptCommand::List(args) => {
            list(context, &prompts(context)?, args);
            Ok(Exit::Done)
        }
        PromptCommand::Show(args) => show(context, &prompts(context)?, args),
        PromptCommand::Copy(args) => copy::run(context, args),
    }
}

fn list(context: &Context, prompts: &PromptSet, args: &ListArgs) {
    let templates: Vec<_> = prompts
        .names()
        .filter_map(|name| Some((name, prompts.part(name)?.0)))
        .collect();
    if context.out.json_wanted() {
        let templates: Vec<_> = templates
            .iter()
            .map(|(name, origin)| json!({"name": name, "origin": origin_name(origin)}))
            .collect();
        context.out.json(json!({"templates": templates}));
        return;
    }
    let mut table = Table::new(&["template", "origin"]);
    for (name, origin) in templates {
        table.row([name.into(), origin_name(origin).into()]);
    }
    context.out.table(&table, !args.no_headers);
}

fn show(context: &Context, prompts: &PromptSet, args: &ShowArgs) -> CommandResult {
    let name = template::file(prompts, &args.role)?;
    if let Some((origin, text)) = prompts.part(&name) {
        if context.out.json_wanted() {
            context.out.json(json!({
                "name": name, "origin": origin_name(origin), "template": text,
            }));
        } else {
            context.out.data(text);
            let from = format!("from {}", origin_name(origin));
            context.out.note(Channel::General, Level::INFO, &from);
        }
    }
    Ok(Exit::Done)
}

fn origin_name(origin: &TemplateOrigin) -> String {
    match origin {
        TemplateOrigin::BuiltIn(_) => "built in".to_owned(),
        TemplateOrigin::Repository(path) => path.display().to_string(),
    }
}
