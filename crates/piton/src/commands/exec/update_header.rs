//! `piton exec update-pr-header`: sets fields of a header.

use clap::Args;
use piton_backend::header::{Field, Patch, Rule};
use piton_backend::store::Reason;
use serde_json::{Value as Json, json};

use super::answer::{Answer, Layout};
use super::report::{Report, decide_and_send, plan_id};
use crate::context::Context;
use crate::error::Exit;
use crate::stored::Undelivered;

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
    let patch = match checked(args) {
        Ok(patch) => patch,
        Err(refused) => return refused,
    };
    let names: Vec<String> = patch.iter().map(|(name, _)| name.clone()).collect();
    match decide_and_send(context, || report(context, args, patch)) {
        Ok(plan) => Answer::success()
            .with("pr_id", plan.to_string())
            .with("fields_updated", names)
            .print(Layout::OneLine),
        Err(unsent) => failed(&unsent),
    }
}

/// Reads the fields, or answers what is wrong with them.
pub(super) fn checked(args: &UpdateHeaderArgs) -> Result<Vec<(String, Json)>, Exit> {
    let refused = |kind: &str, message: String| {
        Answer::failure()
            .with("error", kind)
            .with("message", message)
            .print_failure()
    };
    if args.fields.is_empty() {
        return Err(refused(
            "no_fields",
            "At least one key=value pair is required".to_owned(),
        ));
    }
    let mut patch = Vec::new();
    for field in &args.fields {
        let Some((name, value)) = field.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            let message = format!("Expected key=value, got: {field}");
            return Err(refused("invalid_field_format", message));
        };
        patch.push((name.to_owned(), typed(name, value)));
    }
    match Patch::new(patch.clone()) {
        Ok(_) => Ok(patch),
        Err(error) => Err(refused("schema_validation_failed", error.to_string())),
    }
}

/// Decides what is reported.
pub(super) fn report(
    context: &Context,
    args: &UpdateHeaderArgs,
    patch: Vec<(String, Json)>,
) -> Result<Report, Undelivered> {
    Ok(Report::of(plan_id(context, &args.id)?, patch))
}

/// Answers that nothing could be done.
pub(super) fn failed(unsent: &Undelivered) -> Exit {
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

fn told(unsent: &Undelivered) -> Answer {
    let (kind, reason, message, queued) = match unsent {
        Undelivered::NoBackend(why) => ("context-not-initialized", None, why.as_str(), false),
        Undelivered::Refused {
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
        answer = answer.with("reason", reason.as_str());
    }
    if queued {
        answer = answer.with("queued", true);
    }
    answer
}
