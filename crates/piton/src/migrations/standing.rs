//! Where a migration stands after a plan about it, as data.

use piton_base::Clock;
use piton_durable::DiskRead;
use piton_migration::show;
use piton_migration::slug::Slug;
use piton_plan::Plan;
use serde_json::{Value, json};

use crate::context::{Context, Place};
use crate::error::CommandResult;
use crate::operation::Op;
use crate::planned::PlanArgs;

/// Carries out a plan about one migration. With `--json` its status and what
/// comes next stand beside the plan.
pub(crate) fn carry_out(
    context: &Context,
    place: &Place,
    slug: &Slug,
    args: &PlanArgs,
    plan: &Plan<Op>,
) -> CommandResult {
    let exit = context.site(place).carry_out(args, plan)?;
    if context.out.json_wanted() {
        context.out.amend(stands(context, place, slug));
    }
    Ok(exit)
}

pub(crate) fn stands(context: &Context, place: &Place, slug: &Slug) -> Value {
    let live = place.live();
    let gone = !matches!(context.disk.stat(&live.migration(slug)), Ok(Some(_)));
    if gone {
        return json!({ "slug": slug, "status": null, "next": null });
    }
    let shown = show::show(&context.disk, &live, slug, context.clock.now());
    json!({ "slug": slug, "status": shown.status, "next": shown.next })
}
