//! `piton plan sync`: takes up what maintainers said about shared migrations.

use clap::Args;
use piton_base::terminal::clean;
use piton_migration::slug::Slug;
use serde_json::json;

use crate::context::Context;
use crate::error::{CommandResult, Exit};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;
use crate::shared::{Heard, Unread, hear};
use crate::stored::send_waiting;

/// Carry out what maintainers wrote about shared migrations
///
/// A comment on the plan that begins with `/piton approve`, `/piton refine
/// TEXT` or `/piton reject WHY` does what the command of that name does. It
/// counts once, and only from people who belong to the repository. `piton run`
/// does this too.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan sync
  piton plan sync --dry-run")]
pub(crate) struct SyncArgs {
    /// Only this migration: its slug
    slug: Option<Slug>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &SyncArgs) -> CommandResult {
    let place = context.place_to_write(&args.plan)?;
    if context.out.json_wanted() {
        context.out.begin_series();
    }
    if !args.plan.changes_nothing() {
        // An answer that waits would else wait for the next report.
        send_waiting(context);
    }
    let Heard { synced, unread } = hear(context, &place, args.slug.as_ref(), &args.plan)?;
    let exit = tell_unread(context, &unread);
    let out = &context.out;
    if out.json_wanted() {
        let plans = out.end_series();
        let taken: Vec<_> = synced
            .iter()
            .map(|one| {
                json!({
                    "migration": one.slug.as_str(),
                    "comment": one.comment,
                    "asks": one.word,
                    "outcome": one.outcome,
                })
            })
            .collect();
        out.json(json!({ "taken_up": taken, "plans": plans }));
        return Ok(exit);
    }
    for one in &synced {
        let text = format!("{} of {}: {}", one.word, one.slug, one.outcome);
        out.say(Channel::General, Level::NORMAL, &clean(&text));
    }
    if synced.is_empty() && unread.is_empty() {
        out.say(Channel::General, Level::NORMAL, "no new comments");
    }
    Ok(exit)
}

/// Says which migrations nobody knows of whether they are shared. What was said
/// about those was not looked at, so the command has not done all it was for.
fn tell_unread(context: &Context, unread: &[Unread]) -> Exit {
    for one in unread {
        let text = format!("comments about {} were not read: {}", one.slug, one.why);
        context.out.warn(&clean(&text));
        context
            .out
            .hint(&format!("`piton migration doctor {}` says more", one.slug));
    }
    if unread.is_empty() {
        Exit::Done
    } else {
        Exit::Failed
    }
}
