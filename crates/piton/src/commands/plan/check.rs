//! `piton plan check`: whether a stored plan, or a text, is sound.

use std::path::PathBuf;

use clap::Args;
use piton_backend::block::{block_problems, find_blocks, line_of, read_yaml};
use piton_backend::header::{HeaderFault, find_header, validate};
use piton_backend::kind::{Seen, TextKind};
use piton_backend::store::BackendRead;
use piton_backend::text::{
    LIMIT, PlanInBody, footer, header_lines, plan_in_body, plan_in_comment, within_limit,
};
use serde_json::{Value as Json, json};

use super::text;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::stored::target::{document, failed, with_plan};

/// Check a stored plan, or a text without any network
///
/// A line for each check, `[PASS]` or `[FAIL]`; exit code 1 where one failed.
/// With --json everything that was found: blocks with their values, the header,
/// where the plan's text is.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan check 42
  piton plan check --file body.md
  gh issue view 42 --json body -q .body | piton plan check --file -")]
pub(crate) struct CheckArgs {
    /// The plan; without one, that of this folder or branch
    #[arg(conflicts_with = "file")]
    plan: Option<String>,

    /// A text to check; - is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// One thing that was looked at.
struct Checked {
    what: &'static str,
    wrong: Option<String>,
}

impl Checked {
    fn new(what: &'static str, wrong: Option<String>) -> Self {
        Self { what, wrong }
    }
}

pub(super) fn run(context: &Context, args: &CheckArgs) -> CommandResult {
    let (checks, mut found) = match &args.file {
        Some(file) => {
            let text = text::read(context, file)?;
            (of_text(&text), everything(&text))
        }
        None => with_plan(context, args.plan.as_deref(), |backend, id| {
            of_plan(backend, &id)
        })?,
    };
    let fine = checks.iter().all(|check| check.wrong.is_none());
    let out = &context.out;
    if out.json_wanted() {
        let checks: Vec<Json> = checks
            .iter()
            .map(|check| {
                json!({
                    "check": check.what,
                    "passed": check.wrong.is_none(),
                    "problem": check.wrong,
                })
            })
            .collect();
        found["passed"] = json!(fine);
        found["checks"] = json!(checks);
        out.json(found);
    } else {
        let lines: Vec<String> = checks
            .iter()
            .map(|check| match &check.wrong {
                None => format!("[PASS] {}\n", check.what),
                Some(wrong) => format!("[FAIL] {}: {wrong}\n", check.what),
            })
            .collect();
        out.data(&lines.concat());
    }
    Ok(if fine { Exit::Done } else { Exit::Failed })
}

fn of_plan(
    backend: &dyn BackendRead,
    id: &piton_backend::store::PlanId,
) -> Result<(Vec<Checked>, Json), CommandError> {
    let document = document(backend, id)?;
    let kind = TextKind::of(&Seen {
        body: &document.body,
        is_pull: document.is_pull,
        labels: &document.labels,
    });
    let mut checks = vec![Checked::new(
        "it is a plan",
        (!kind.is_plan()).then(|| kind.words().to_owned()),
    )];
    checks.extend(of_header(&document.body));
    let text = backend.text(&document).map_err(failed)?;
    checks.push(Checked::new(
        "the plan has a text",
        text.is_none().then(|| "no plan text was found".to_owned()),
    ));
    if document.header().is_ok() {
        let lacks = backend.lacks(&document).map_err(failed)?;
        let names: Vec<&str> = lacks.sets().iter().map(|(field, _)| field.name()).collect();
        checks.push(Checked::new(
            "the header says what the logs say",
            (!names.is_empty()).then(|| {
                format!(
                    "it lacks {}; `piton plan repair {id}` puts that right",
                    names.join(", ")
                )
            }),
        ));
    }
    checks.push(within(&document.body));
    let mut found = everything(&document.body);
    found["id"] = json!(document.id);
    found["kind"] = json!(kind.words());
    found["text"] = json!(text);
    Ok((checks, found))
}

fn of_text(text: &str) -> Vec<Checked> {
    let mut checks = of_header(text);
    checks.push(within(text));
    checks
}

fn of_header(text: &str) -> Vec<Checked> {
    let header = find_header(text);
    let mut checks = vec![Checked::new(
        "there is one plan-header",
        header.as_ref().err().map(ToString::to_string),
    )];
    if let Ok(header) = header {
        let problems: Vec<String> = validate(header.fields())
            .iter()
            .map(ToString::to_string)
            .collect();
        checks.push(Checked::new(
            "the header is valid",
            (!problems.is_empty()).then(|| problems.join("; ")),
        ));
    }
    checks
}

fn within(text: &str) -> Checked {
    Checked::new(
        "the text is not too long",
        within_limit(text).err().map(|error| error.to_string()),
    )
}

fn chars(text: &str) -> usize {
    text.chars().count()
}

/// The blocks of a text, as they are shown.
#[derive(Default)]
struct Blocks {
    raw: Vec<Json>,
    read: Vec<Json>,
    errors: Vec<Json>,
}

impl Blocks {
    fn of(text: &str) -> Self {
        let mut blocks = Self::default();
        for block in &find_blocks(text) {
            let line = line_of(text, block.span.start);
            blocks.raw.push(json!({
                "key": block.key,
                "body_len": chars(text[block.content.clone()].trim()),
                "line": line,
            }));
            match read_yaml(text, block) {
                Ok(body) => blocks.read.push(json!({
                    "key": block.key,
                    "data": body.document.value.to_json(),
                    "problems": block_problems(&block.key, &body.document.value),
                    "line": line,
                })),
                Err(error) => blocks.errors.push(json!({
                    "key": block.key,
                    "error": error.message,
                    "line": error.line,
                })),
            }
        }
        blocks
    }
}

/// Returns everything that a text holds.
fn everything(text: &str) -> Json {
    let blocks = Blocks::of(text);
    let header = find_header(text);
    let problems: Vec<String> = header
        .as_ref()
        .map(|header| {
            let problems = validate(header.fields());
            problems.iter().map(ToString::to_string).collect()
        })
        .unwrap_or_default();
    let fault = match &header {
        Ok(_) | Err(HeaderFault::Absent) => None,
        Err(fault) => Some(fault.to_string()),
    };
    let in_comment = plan_in_comment(text);
    let in_body = plan_in_body(text);
    let plan_text = in_body.place().map(|place| text[place].to_owned());
    let lines = header_lines(text);
    json!({
        "length": chars(text),
        "limit": LIMIT,
        "raw_blocks": blocks.raw,
        "yaml_blocks": blocks.read,
        "yaml_errors": blocks.errors,
        "plan_header_found": header.is_ok(),
        "plan_header_valid": header.is_ok().then_some(problems.is_empty()),
        "plan_header_error": fault.or_else(|| problems.first().cloned()),
        "plan_header_problems": problems,
        "plan_header_line": header.as_ref().ok().map(|header| line_of(text, header.block.span.start)),
        "plan_header": header.as_ref().ok().map(|header| header.fields().to_json()),
        "plan_from_comment_len": in_comment.as_deref().map(chars),
        "plan_from_comment": in_comment,
        "has_original_plan_section": matches!(in_body, PlanInBody::Section(_)),
        "pr_plan_content_len": chars(plan_text.as_deref().unwrap_or(text)),
        "pr_plan_content_is_whole_body": plan_text.is_none(),
        "pr_plan_content": plan_text,
        "footer_len": footer(text).map(chars),
        "pr_header": if lines.is_empty() {
            String::new()
        } else {
            format!("{}\n\n", lines.join("\n"))
        },
    })
}
