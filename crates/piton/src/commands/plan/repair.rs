//! `piton plan repair`: makes a header say what the logs say.

use clap::Args;
use piton_backend::header::{Edited, apply_patch};
use piton_backend::log::recorded;
use piton_backend::operation::{BackendOp, RepairHeader};

use super::decide::carry_out;
use crate::context::Context;
use crate::error::CommandResult;
use crate::operation::Op;
use crate::planned::PlanArgs;
use crate::stored::target::{document, failed, with_plan};

/// Rebuild a plan's header from the logs of its writers
///
/// Needed only where the header was overwritten by hand or with another tool,
/// and no report came since. -v shows the difference.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan repair 42 --dry-run -v
  piton plan repair 42")]
pub(crate) struct RepairArgs {
    /// The plan; without one, that of this folder or branch
    target: Option<String>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &RepairArgs) -> CommandResult {
    let operation = with_plan(context, args.target.as_deref(), |backend, id| {
        let document = document(backend, &id)?;
        let lacks = backend.lacks(&document).map_err(failed)?;
        let edited = apply_patch(&document.body, &lacks).map_err(|error| failed(error.into()))?;
        Ok(match edited {
            Edited::Same => None,
            Edited::Changed { text, .. } => Some(RepairHeader {
                plan: id,
                lacks: lacks
                    .sets()
                    .iter()
                    .map(|(field, value)| (field.name().to_owned(), recorded(value)))
                    .collect(),
                diff: similar::TextDiff::from_lines(&document.body, &text)
                    .unified_diff()
                    .to_string(),
            }),
        })
    })?;
    let operation = operation.map(|operation| Op::from(BackendOp::Repair(operation)));
    carry_out(context, &args.plan, "plan repair", operation)
}
