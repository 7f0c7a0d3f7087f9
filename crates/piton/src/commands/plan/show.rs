//! `piton plan show`: one stored plan.

use std::fmt::Write as _;

use clap::Args;
use piton_backend::header::{HeaderFault, validate};
use piton_backend::store::Document;
use piton_backend::yaml::Value;
use piton_base::terminal::{clean, is_harmful};
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::stored::target::{document, failed, with_plan};

/// Show a stored plan: its state, its header, its text
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan show 42
  piton plan show https://github.com/acme/app/issues/42 --json
  piton plan show --text > plan.md")]
pub(crate) struct ShowArgs {
    /// The plan; without one, that of this folder or branch
    plan: Option<String>,

    /// Only the text of the plan
    #[arg(long)]
    text: bool,

    /// Only the name of the plan's branch
    #[arg(long, conflicts_with = "text")]
    branch: bool,
}

pub(super) fn run(context: &Context, args: &ShowArgs) -> CommandResult {
    let (document, text) = with_plan(context, args.plan.as_deref(), |backend, id| {
        let document = document(backend, &id)?;
        let text = backend.text(&document).map_err(failed)?;
        Ok((document, text))
    })?;
    let out = &context.out;
    if args.branch {
        let header = document.header().ok();
        let branch = header
            .as_ref()
            .and_then(|header| header.text("branch_name"));
        let branch = branch.ok_or_else(|| {
            CommandError::failed(format!("plan {} has no branch yet", document.id))
                .hint(format!("`piton plan implement {}` makes one", document.id))
        })?;
        out.data(&format!("{}\n", clean(branch)));
        return Ok(Exit::Done);
    }
    if out.json_wanted() {
        let header = document.header();
        let problems: Vec<String> = match &header {
            Ok(header) => validate(header.fields())
                .iter()
                .map(ToString::to_string)
                .collect(),
            Err(HeaderFault::Absent) => Vec::new(),
            Err(fault) => vec![fault.to_string()],
        };
        out.json(json!({
            "id": document.id,
            "title": document.title,
            "stage": document.stage(),
            "state": document.state.as_str(),
            "url": document.url,
            "labels": document.labels,
            "assignees": document.assignees,
            "author": document.author,
            "created_at": document.created_at,
            "updated_at": document.updated_at,
            "header": header.as_ref().ok().map(|header| header.fields().to_json()),
            "problems": problems,
            "text": text,
        }));
    } else if args.text {
        out.data(&lines(text.as_deref().unwrap_or_default()));
    } else {
        out.data(&shown(&document, text.as_deref()));
    }
    Ok(Exit::Done)
}

/// Takes out what would steer the terminal; lines and tabs stay.
fn harmless(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\n' | '\t') || !is_harmful(*c))
        .collect()
}

fn lines(text: &str) -> String {
    let mut text = text.trim_end().to_owned();
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn shown(document: &Document, text: Option<&str>) -> String {
    let mut out = format!("{}  {}\n", document.id, clean(&document.title));
    let mut fact = |name: &str, value: &str| {
        let _ = writeln!(out, "  {:<28} {}", clean(name), clean(value));
    };
    fact("state", document.state.as_str());
    fact("stage", document.stage().as_str());
    fact("url", &document.url);
    if !document.labels.is_empty() {
        fact("labels", &document.labels.join(", "));
    }
    match document.header() {
        Ok(header) => {
            if let Value::Map(entries) = header.fields() {
                for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
                    let value = match value {
                        Value::Scalar(scalar) => scalar.text.clone(),
                        Value::List(_) | Value::Map(_) => value.to_json().to_string(),
                    };
                    fact(&key.key_text(), &value);
                }
            }
        }
        Err(fault) => fact("header", &fault.to_string()),
    }
    out.push('\n');
    match text {
        Some(text) => out.push_str(&lines(&harmless(text))),
        None => out.push_str("(no plan text)\n"),
    }
    out
}
