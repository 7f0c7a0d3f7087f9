//! `piton migration open`: the plan, to be read.

use std::path::PathBuf;

use clap::Args;
use piton_migration::contents::Contents;

use super::find::find;
use super::review_sheet::{in_order, together};
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::terminal::editor;

/// Read a migration's plan, in your pager or your editor
///
/// Without a terminal the text is printed. What you save in the editor is a
/// change of your own, to be committed like any other.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration open SLUG
  piton migration open SLUG phase-1-seam.md
  piton migration open SLUG --editor")]
pub(crate) struct OpenArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: PathBuf,

    /// One file of it; the plan with its phases when left out
    file: Option<String>,

    /// Open it in your editor
    #[arg(long)]
    editor: bool,
}

pub(crate) fn run(context: &Context, args: &OpenArgs) -> CommandResult {
    let place = context.place()?;
    let slug = find(context, &place, &args.slug)?;
    let dir = place.live().migration(&slug);
    let contents = Contents::read(&context.disk, &dir)
        .or_failed(format!("could not read {slug}"))?
        .unwrap_or_default();
    let mut files: Vec<&str> = match &args.file {
        Some(file) if contents.contains(file) => vec![file],
        Some(file) => {
            let names: Vec<&str> = contents.top_level().collect();
            return Err(CommandError::usage(format!("{slug} has no file {file}"))
                .hint(format!("it has {}", names.join(", "))));
        }
        None => contents
            .top_level()
            .filter(|path| path.strip_suffix(".md").is_some())
            .collect(),
    };
    files.sort_by_key(in_order);
    if files.is_empty() {
        return Err(CommandError::usage(format!("{slug} has no plan yet"))
            .hint(format!("`piton migration step {slug}` makes the next step")));
    }
    if args.editor {
        let paths: Vec<PathBuf> = files.iter().map(|file| dir.join(file)).collect();
        editor::open(context, &paths)?;
        return Ok(Exit::Done);
    }
    if context.out.json_wanted() {
        let files: Vec<serde_json::Value> = files
            .iter()
            .map(|file| serde_json::json!({ "file": file, "text": contents.text(file) }))
            .collect();
        context
            .out
            .json(serde_json::json!({ "slug": slug.as_str(), "files": files }));
        return Ok(Exit::Done);
    }
    editor::page(context, &together(&contents, &files));
    Ok(Exit::Done)
}
