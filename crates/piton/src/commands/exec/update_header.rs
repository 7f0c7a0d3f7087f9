//! `piton exec update-pr-header`: sets fields of a header.

use clap::Args;
use piton_backend::header::{Field, Patch, Rule};
use piton_backend::store::Reason;
use serde_json::{Value as Json, json};

use super::answer::{Answer, Layout};
use super::report::{Report, Unsent, decide_and_send, plan_id};
use crate::context::Context;
use crate::exit::Exit;

/// Set fields of a plan's header
///
/// `null` clears a field. A failure goes to standard error with exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec update-pr-header 42 branch_name=plnd/add-cache objective_issue=7")]
pub(crate) struct UpdateHeaderArgs {
    /// The plan
    id: String,

    /// Fields with their new values
    #[arg(value_name = "KEY=VALUE")]
    fields: Vec<String>,
}

pub(super) fn run(context: &Context, args: &UpdateHeaderArgs) -> Exit {
    let refused = |kind: &str, message: String| {
        Answer::failure()
            .with("error", kind)
            .with("message", message)
            .print_failure()
    };
    if args.fields.is_empty() {
        return refused(
            "no_fields",
            "At least one key=value pair is required".to_owned(),
        );
    }
    let mut patch = Vec::new();
    for field in &args.fields {
        let Some((name, value)) = field.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return refused(
                "invalid_field_format",
                format!("Expected key=value, got: {field}"),
            );
        };
        patch.push((name.to_owned(), typed(name, value)));
    }
    let names: Vec<String> = patch.iter().map(|(name, _)| name.clone()).collect();
    if let Err(error) = Patch::new(patch.clone()) {
        return refused("schema_validation_failed", error.to_string());
    }
    match decide_and_send(context, || report(context, &args.id, patch)) {
        Ok(plan) => Answer::success()
            .with("pr_id", plan.to_string())
            .with("fields_updated", names)
            .print(Layout::OneLine),
        Err(unsent) => failed(&unsent),
    }
}

/// Answers that nothing could be done.
pub(super) fn failed(unsent: &Unsent) -> Exit {
    told(unsent).print_failure()
}

/// Gives a value the type that its field has, whatever its digits look like.
fn typed(name: &str, value: &str) -> Json {
    if value == "null" {
        return Json::Null;
    }
    match Field::named(name).map(Field::rule) {
        Some(Rule::Positive | Rule::Count) => value
            .parse::<i64>()
            .map_or_else(|_| json!(value), |number| json!(number)),
        Some(Rule::Texts | Rule::Numbers | Rule::Mapping) => {
            serde_json::from_str(value).unwrap_or_else(|_| json!(value))
        }
        Some(Rule::Immutable | Rule::Text | Rule::Filled | Rule::Repository | Rule::OneOf(_))
        | None => json!(value),
    }
}

fn report(context: &Context, id: &str, patch: Vec<(String, Json)>) -> Result<Report, Unsent> {
    Ok(Report {
        patch,
        ..Report::of(plan_id(context, id)?, [])
    })
}

/// Decides what is reported.
pub(super) fn decide(context: &Context, args: &UpdateHeaderArgs) -> Result<Report, Unsent> {
    let patch = args.fields.iter().filter_map(|field| {
        let (name, value) = field.split_once('=')?;
        Some((name.to_owned(), typed(name, value)))
    });
    report(context, &args.id, patch.collect())
}

fn told(unsent: &Unsent) -> Answer {
    let (kind, reason, message, queued) = match unsent {
        Unsent::NoContext(why) => ("context-not-initialized", None, why.as_str(), false),
        Unsent::Backend {
            message,
            reason,
            queued,
        } => {
            let kind = match reason {
                Reason::NoPlanHeader => "no_plan_header",
                Reason::InvalidMetadata => "schema_validation_failed",
                Reason::NotFound | Reason::ProviderError => "update_failed",
            };
            (kind, Some(*reason), message.as_str(), *queued)
        }
    };
    let mut answer = Answer::failure()
        .with("error", kind)
        .with("message", message);
    if let Some(reason) = reason {
        answer = answer.with("reason", reason.word());
    }
    if queued {
        answer = answer.with("queued", true);
    }
    answer
}
