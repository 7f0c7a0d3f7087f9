//! `piton plan resolve`: which plan a folder or a branch belongs to.

use std::path::{Path, PathBuf};

use clap::Args;
use piton_backend::folder::{PlanRef, RefFile, read_reference};
use piton_durable::{DiskRead, Kind};
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::stored::target::with_plan;

/// Show which plan a work folder, or this branch, belongs to
///
/// With --folder only that folder is read, and no network is needed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan resolve
  piton plan resolve --folder .impl --json")]
pub(crate) struct ResolveArgs {
    /// The work folder
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

const NAMES: [&str; 3] = ["plan-ref.json", "ref.json", "issue.json"];

const MOST: u64 = 1 << 20;

pub(super) fn run(context: &Context, args: &ResolveArgs) -> CommandResult {
    let out = &context.out;
    let Some(folder) = &args.folder else {
        let id = with_plan(context, None, |_, id| Ok(id))?;
        if out.json_wanted() {
            out.json(json!({ "plan_id": id }));
        } else {
            out.data(&format!("{id}\n"));
        }
        return Ok(Exit::Done);
    };
    let (file, found) = look(context, &context.directory.join(folder))?;
    match found {
        RefFile::Plan(reference) => {
            if out.json_wanted() {
                out.json(told(&file, &reference));
            } else {
                out.data(&format!("{}\n", reference.id));
            }
            Ok(Exit::Done)
        }
        RefFile::WithoutId {
            provider,
            title,
            objective,
        } => {
            if out.json_wanted() {
                out.json(json!({
                    "file": file,
                    "reference": "without-id",
                    "provider": provider,
                    "title": title,
                    "objective_id": objective,
                    "plan_id": null,
                }));
                return Ok(Exit::Done);
            }
            Err(
                CommandError::failed(format!("{file} was written before the plan had an id"))
                    .hint("`piton plan resolve` asks for the pull request of the branch"),
            )
        }
        RefFile::Unreadable(why) => {
            Err(CommandError::failed(format!("could not use {file}")).detail(why))
        }
    }
}

fn told(file: &str, reference: &PlanRef) -> serde_json::Value {
    json!({
        "file": file,
        "reference": "plan",
        "provider": reference.provider,
        "plan_id": reference.id,
        "url": reference.url,
        "created_at": reference.created_at,
        "synced_at": reference.synced_at,
        "labels": reference.labels,
        "objective_id": reference.objective,
        "node_ids": reference.nodes,
    })
}

/// Reads the references of a folder; the first that is one counts.
fn look(context: &Context, folder: &Path) -> Result<(String, RefFile), CommandError> {
    if context.disk.stat(folder)?.map(|stat| stat.kind) != Some(Kind::Dir) {
        let folder = folder.display();
        return Err(CommandError::usage(format!("{folder} is not a folder")));
    }
    let mut other = None;
    for name in NAMES {
        let path = folder.join(name);
        if context.disk.stat(&path)?.is_none() {
            continue;
        }
        let read = match context.disk.read_at_most(&path, MOST) {
            Ok(bytes) => read_reference(&bytes),
            Err(error) => RefFile::Unreadable(error.cause().to_string()),
        };
        if let RefFile::Plan(_) = read {
            return Ok((name.to_owned(), read));
        }
        other.get_or_insert((name.to_owned(), read));
    }
    other.ok_or_else(|| {
        CommandError::failed(format!("{} names no plan", folder.display()))
            .hint("a work folder has a plan-ref.json, a ref.json or an issue.json")
    })
}
