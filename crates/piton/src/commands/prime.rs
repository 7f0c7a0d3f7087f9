//! `piton prime`: what an agent needs to know.

use clap::Args;
use serde_json::json;

use crate::agent_files::page;
use crate::context::Context;
use crate::error::Exit;

/// Print the page that an agent needs to work with piton
///
/// It is short, the same in every repository, and made from this version's
/// help. `piton init --agent-files` puts it where agents look for it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton prime
  piton init --agent-files --dry-run      the files that carry it")]
pub(crate) struct PrimeArgs {}

pub(crate) fn run(context: &Context, definition: &clap::Command) -> Exit {
    let page = page(definition);
    if context.out.json_wanted() {
        context.out.json(json!({ "page": page }));
    } else {
        context.out.data(&page);
    }
    Exit::Done
}
