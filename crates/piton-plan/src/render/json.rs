//! Plans and runs as JSON documents.

use serde::Serialize;
use serde_json::{Value, json};

use crate::operation::Operation;
use crate::plan::Plan;
use crate::receipt::{Outcome, Receipt, SkipReason};
use crate::summary::Summary;
use crate::verify::Verification;

#[derive(Serialize)]
#[serde(bound = "O: Operation")]
struct Document<'a, O> {
    summary: Summary,
    order: Vec<&'a str>,
    plan: &'a Plan<O>,
}

pub fn plan_document<O: Operation>(plan: &Plan<O>) -> Result<Value, serde_json::Error> {
    serde_json::to_value(Document {
        summary: Summary::of(plan),
        order: plan.in_order().map(|a| a.id().as_str()).collect(),
        plan,
    })
}

/// Returns receipts as one JSON document, with what looking again showed where
/// that was done. Two booleans follow from the status,
/// for readers that want no more.
pub fn run_document(
    receipts: &[Receipt],
    verification: Option<&Verification>,
) -> Result<Value, serde_json::Error> {
    let receipts = receipts
        .iter()
        .map(|receipt| {
            let mut value = serde_json::to_value(receipt)?;
            if let Value::Object(fields) = &mut value {
                let status = status(&receipt.outcome);
                fields.insert("status".to_owned(), status.into());
                fields.insert("success".to_owned(), receipt.outcome.is_success().into());
                let skipped = matches!(receipt.outcome, Outcome::Skipped(_) | Outcome::AlreadySo);
                fields.insert("skipped".to_owned(), skipped.into());
            }
            Ok(value)
        })
        .collect::<Result<Vec<_>, serde_json::Error>>()?;
    let mut document = json!({ "receipts": receipts });
    if let (Some(verification), Value::Object(fields)) = (verification, &mut document) {
        fields.insert(
            "verification".to_owned(),
            serde_json::to_value(verification)?,
        );
    }
    Ok(document)
}

/// Returns the one word that sums an outcome up.
fn status(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "done",
        Outcome::AlreadySo | Outcome::Skipped(SkipReason::NothingToDo) => "unchanged",
        Outcome::Failed(_) => "failed",
        Outcome::Skipped(SkipReason::Declined | SkipReason::NoInput { .. }) => "declined",
        Outcome::Skipped(
            SkipReason::Dependency { .. }
            | SkipReason::FailFast { .. }
            | SkipReason::Interrupted
            | SkipReason::JournalLost,
        ) => "blocked",
    }
}
