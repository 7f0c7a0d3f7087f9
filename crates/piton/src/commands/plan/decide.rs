//! From operations on stored plans to their end.

use piton_plan::PlanBuilder;

use crate::context::Context;
use crate::error::CommandResult;
use crate::operation::Op;
use crate::planned::PlanArgs;
use crate::stored::send_waiting;

/// Shows the plan of these operations, or performs it; they are done one after
/// the other. Where the same was begun and cut off, that is gone on with, so
/// that nothing is made twice. What waited in the outbox is sent afterwards.
pub(super) fn carry_out(
    context: &Context,
    args: &PlanArgs,
    command: &str,
    operations: impl IntoIterator<Item = Op>,
) -> CommandResult {
    let place = context.place()?;
    let mut builder = PlanBuilder::new(command);
    let mut last = None;
    for operation in operations {
        let handle = builder.add(operation);
        if let Some(last) = &last {
            builder.depend(&handle, last);
        }
        last = Some(handle);
    }
    let plan = builder.build()?;
    let site = context.site(&place);
    let again = if args.changes_nothing() {
        None
    } else {
        site.take_up_again(&args.perform, &plan)?
    };
    let exit = match again {
        Some(exit) => exit,
        None => site.carry_out(args, &plan)?,
    };
    if !args.changes_nothing() {
        send_waiting(context);
    }
    Ok(exit)
}
