//! `piton config show`: every setting that has a value.

use clap::Args;
use serde_json::json;

use super::written::settings;
use crate::config::Key;
use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::output::{Channel, Level};

/// Show every setting that has a value
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton config show\n  piton config show --origin -v      with what each one is\n  piton config show --json"
)]
pub(crate) struct ShowArgs {
    /// Say where each value came from
    #[arg(long)]
    origin: bool,
}

pub(crate) fn run(context: &Context, args: &ShowArgs) -> CommandResult {
    let settings = settings(context)?;
    if context.out.json_wanted() {
        let all: Vec<_> = settings
            .all()
            .map(|(key, value, origin)| {
                json!({ "key": key.as_str(), "value": value.written, "origin": origin.to_string() })
            })
            .collect();
        let agents: Vec<_> = settings.adapter_names().collect();
        context
            .out
            .json(json!({ "settings": all, "agents": agents }));
        return Ok(Exit::Done);
    }
    let lines: Vec<(&Key, String, String)> = settings
        .all()
        .map(|(key, value, origin)| (key, format!("{key} = {value}"), origin.to_string()))
        .collect();
    let width = lines
        .iter()
        .map(|(_, line, _)| line.chars().count())
        .max()
        .unwrap_or(0)
        .min(48);
    let print = |line: &str, origin: &str| {
        context.out.data(&if args.origin {
            format!("{line:<width$}  # {origin}\n")
        } else {
            format!("{line}\n")
        });
    };
    for (key, line, origin) in &lines {
        if context.out.shows(Channel::Config, Level::DETAIL) {
            context.out.data(&format!("# {}\n", key.describes()));
        }
        print(line, origin);
    }
    for name in settings.adapter_names() {
        if let Some((_, file)) = settings.adapter(name) {
            print(&format!("agents.{name} = …"), &file.display().to_string());
        }
    }
    Ok(Exit::Done)
}
