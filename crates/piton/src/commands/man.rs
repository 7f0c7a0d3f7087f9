//! `piton man`: the man pages.

use std::path::PathBuf;

use clap::Args;
use piton_plan::PlanBuilder;
use piton_plan::files::Content;

use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::operation::Op;
use crate::operation::files::put;
use crate::planned::{PlanArgs, site};

/// Write a man page for every command into a directory
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  piton man ~/.local/share/man/man1\n  man -l ~/.local/share/man/man1/piton-init.1"
)]
pub(crate) struct ManArgs {
    /// Where to write them
    #[arg(value_name = "DIRECTORY")]
    into: PathBuf,

    #[command(flatten)]
    plan: PlanArgs,
}

const COULD_NOT: &str = "could not make the man pages";

pub(crate) fn run(context: &Context, args: &ManArgs, definition: clap::Command) -> CommandResult {
    let root = context.directory.join(&args.into);
    let mut builder = PlanBuilder::new("man");
    for (name, page) in pages(definition)? {
        let path = name.parse().or_internal(COULD_NOT)?;
        if let Some(file) = put(
            (&context.disk, &root),
            path,
            Content::of(page),
            "a man page",
        )? {
            builder.add(Op::from(file.outside(root.clone())));
        }
    }
    let plan = builder.build()?;
    site::anywhere(context)?.carry_out(&args.plan, &plan)
}

/// Returns the name and the text of every page.
fn pages(mut definition: clap::Command) -> Result<Vec<(String, Vec<u8>)>, CommandError> {
    fn walk(
        command: &clap::Command,
        name: &str,
        pages: &mut Vec<(String, Vec<u8>)>,
    ) -> std::io::Result<()> {
        let mut page = Vec::new();
        clap_mangen::Man::new(command.clone())
            .title(name.to_owned())
            .render(&mut page)?;
        pages.push((format!("{name}.1"), page));
        for inner in command
            .get_subcommands()
            .filter(|inner| inner.get_name() != "help")
        {
            walk(inner, &format!("{name}-{}", inner.get_name()), pages)?;
        }
        Ok(())
    }
    let mut pages = Vec::new();
    definition.build();
    walk(&definition, "piton", &mut pages).or_internal(COULD_NOT)?;
    Ok(pages)
}
