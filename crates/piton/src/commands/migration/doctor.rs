//! `piton migration doctor`: what is wrong, and repairing it.

use std::path::PathBuf;

use clap::Args;
use piton_migration::consistency::{Report, examine, examine_all};
use piton_migration::report;
use serde_json::json;

use super::find::find;
use super::repair;
use crate::context::Context;
use crate::error::{CommandError, CommandResult, Exit};
use crate::output::{Channel, Level};
use crate::planned::PlanArgs;

/// Check migrations, and repair them
///
/// Piped, a finding is a line: slug, severity, code, path, message, with tabs
/// between them. Ends with 0 when there is no error, 1 when there is one, and
/// 2 for usage. With --repair the exit codes are those of a plan.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton migration doctor --all
  piton migration doctor SLUG --json
  piton migration doctor --all --sarif > findings.sarif
  piton migration doctor --repair --dry-run      what would be repaired, and why
  piton migration doctor --repair")]
pub(crate) struct DoctorArgs {
    /// The migration: its slug, the start of it, or the path of its directory
    #[arg(add = crate::completing::slugs())]
    slug: Option<PathBuf>,

    /// Check all migrations, and what publishes left behind
    #[arg(long, conflicts_with = "slug")]
    all: bool,

    /// Print the findings as SARIF, for code hosts
    #[arg(long, conflicts_with = "json")]
    sarif: bool,

    /// Repair what can be repaired without a person
    #[arg(long, conflicts_with_all = ["slug", "sarif"])]
    repair: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &DoctorArgs) -> CommandResult {
    let mut place = context.place()?;
    if args.repair {
        place = context.after_what_was_cut_off(place, args.plan.changes_nothing())?;
    }
    let live = place.live();
    if args.repair {
        return repair::run(context, &place, &live, &args.plan);
    }
    let reports = match &args.slug {
        Some(slug) => {
            let slug = find(context, &place, slug)?;
            vec![Report {
                subject: slug.to_string(),
                findings: examine(&context.disk, &live, &slug).findings,
            }]
        }
        None if args.all => examine_all(&context.disk, &live)?,
        None => {
            return Err(CommandError::usage("no migration was named")
                .hint("name one, or check all of them with `piton migration doctor --all`"));
        }
    };
    let out = &context.out;
    if args.sarif {
        out.foreign_json(&report::sarif(
            &reports,
            live.project_root(),
            env!("CARGO_PKG_VERSION"),
        ));
    } else if out.json_wanted() {
        out.json(json!({ "reports": report::json(&reports) }));
    } else if out.stdout_is_terminal() {
        out.data(&report::pretty(&reports));
        if reports.iter().all(|report| report.findings.is_empty()) {
            out.note(Channel::General, Level::INFO, "nothing is wrong");
        }
    } else {
        out.data(&report::lines(&reports));
    }
    Ok(if reports.iter().any(Report::has_errors) {
        Exit::Failed
    } else {
        Exit::Done
    })
}
