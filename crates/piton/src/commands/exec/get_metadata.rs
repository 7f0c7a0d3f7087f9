//! `piton exec get-plan-metadata`: one field of a header.

use clap::Args;
use piton_backend::store::Reason;
use piton_base::on_one_line;
use serde_json::Value as Json;

use super::answer::{Answer, Layout};
use super::report::plan_id;
use crate::context::Context;
use crate::error::{CommandError, Exit};
use crate::stored::{StoredPlace, Undelivered, with_reader};

/// Print one field of a plan's header
///
/// The value is null where the header or the field is missing. A failure goes
/// to standard error with exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton exec get-plan-metadata 42 branch_name")]
pub(crate) struct GetMetadataArgs {
    /// The plan
    issue: String,

    /// The field, such as `branch_name`
    field: String,
}

pub(super) fn run(context: &Context, args: &GetMetadataArgs) -> Exit {
    match get(context, args) {
        Ok(answer) => answer.print(Layout::OneLine),
        Err(unsent) => failed(unsent),
    }
}

/// Answers that nothing could be read.
pub(super) fn failed(unsent: Undelivered) -> Exit {
    let failure = Answer::failure();
    let answer = match unsent {
        Undelivered::NoBackend(why) => failure
            .with("error", "context-not-initialized")
            .with("message", format!("Context not initialized: {why}")),
        Undelivered::Refused {
            message, reason, ..
        } => failure
            .with(
                "error",
                match reason {
                    Reason::NotFound => "issue_not_found",
                    Reason::NoPlanHeader | Reason::InvalidMetadata | Reason::ProviderError => {
                        "read_failed"
                    }
                },
            )
            .with("message", message)
            .with("reason", reason.as_str()),
    };
    answer.print_failure()
}

fn get(context: &Context, args: &GetMetadataArgs) -> Result<Answer, Undelivered> {
    let no_context = |error: CommandError| Undelivered::NoBackend(error.on_one_line());
    let place = StoredPlace::find(context).map_err(no_context)?;
    let plan = plan_id(context, &args.issue)?;
    let read = with_reader(context, &place, place.provider(), |backend| {
        backend.field(&plan, &args.field)
    })
    .map_err(no_context)?;
    let value = match read {
        Ok(Some(value)) => value.map_or(Json::Null, |value| value.to_json()),
        Ok(None) => {
            return Err(Undelivered::Refused {
                message: format!("Issue #{plan} not found"),
                reason: Reason::NotFound,
                queued: false,
            });
        }
        Err(error) => {
            return Err(Undelivered::Refused {
                message: on_one_line(&error),
                reason: error.reason(),
                queued: false,
            });
        }
    };
    Ok(Answer::success()
        .with("value", value)
        .with("issue_number", plan.to_json())
        .with("field", args.field.as_str()))
}
