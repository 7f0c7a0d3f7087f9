//! What may be said of a plan on the command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use piton_plan::ErrorPolicy;

/// Options of every command that decides a plan.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Plan options")]
pub(crate) struct PlanArgs {
    /// Show the plan and change nothing
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// End with 10 when there is something to do
    #[arg(long, requires = "dry_run")]
    pub(crate) exit_code: bool,

    /// Write the plan to FILE for `piton apply FILE`, and do nothing else
    #[arg(long, value_name = "FILE")]
    pub(crate) plan_out: Option<PathBuf>,

    /// Show the plan as Markdown, for a comment or a CI summary
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,

    #[command(flatten)]
    pub(crate) perform: PerformArgs,
}

impl PlanArgs {
    /// Returns the options of a plan that is performed without questions.
    pub(crate) fn plain() -> Self {
        Self {
            dry_run: false,
            exit_code: false,
            plan_out: None,
            markdown: false,
            perform: PerformArgs {
                no_verify: false,
                jobs: NonZeroUsize::MIN,
                on_error: ErrorPolicy::SkipDependents,
            },
        }
    }

    /// Whether the command only shows or saves what it decides.
    pub(crate) fn changes_nothing(&self) -> bool {
        self.dry_run || self.plan_out.is_some()
    }
}

/// Options of everything that performs a plan.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Plan options")]
pub(crate) struct PerformArgs {
    /// Do not compare the world with the plan afterwards
    #[arg(long)]
    pub(crate) no_verify: bool,

    /// How many independent actions are done at once
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) jobs: NonZeroUsize,

    /// After a failure: fail-fast, skip-dependents or continue
    #[arg(long, value_name = "POLICY", default_value = "skip-dependents")]
    pub(crate) on_error: ErrorPolicy,
}
