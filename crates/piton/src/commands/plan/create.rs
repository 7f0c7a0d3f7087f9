//! `piton plan create`: makes a stored plan.

use std::path::PathBuf;

use clap::Args;
use piton_backend::operation::{BackendOp, CreatePlan};
use piton_backend::store::{Provider, plain_title, title_of};
use piton_backend::text::{within_limit, wrap_comment};
use piton_github::RepoName;
use serde_json::json;

use super::decide::carry_out;
use super::text;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::planned::PlanArgs;
use crate::stored::{StoredPlace, refuse_nowhere};
use crate::terminal::worded;

/// Make a stored plan from a text
///
/// Where plans are kept is the setting plans.backend. The title is the first
/// heading of the text, unless one is given.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan create --file plan.md
  piton plan create --file - --title \"Add a cache\" --objective 7 < plan.md
  piton plan create --file plan.md --dry-run")]
pub(crate) struct CreateArgs {
    /// The text of the plan; - is standard input
    #[arg(long, value_name = "FILE")]
    file: PathBuf,

    /// Its title
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,

    /// One more label; may be given more than once
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,

    /// The objective that it belongs to
    #[arg(long, value_name = "NUMBER")]
    objective: Option<u64>,

    /// It was learnt from another plan
    #[arg(long)]
    learn: bool,

    /// What a pull request says above its plan
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, value_parser = worded::text)]
    summary: Option<String>,

    /// Where a pull request goes; default: the default branch
    #[arg(long, value_name = "BRANCH")]
    base: Option<String>,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(super) fn run(context: &Context, args: &CreateArgs) -> CommandResult {
    let place = StoredPlace::find(context)?;
    let text = text::read(context, &args.file)?;
    if text.trim().is_empty() {
        return Err(CommandError::usage("the text of a plan must not be empty"));
    }
    within_limit(&wrap_comment(&text)).or_usage("could not make the plan")?;
    let title = match &args.title {
        Some(title) => plain_title(title),
        None => title_of(&text),
    };
    if title.is_empty() {
        return Err(CommandError::usage("--title must not be empty"));
    }
    context.refuse_secret("--title", &title)?;
    context.refuse_secret("the text of the plan", &text)?;
    if let Some(summary) = &args.summary {
        context.refuse_secret("--summary", summary)?;
    }
    for label in &args.label {
        if label.trim().is_empty() || label.contains(char::is_control) {
            return Err(CommandError::usage("--label must be a name on one line"));
        }
        context.refuse_secret("--label", label)?;
    }
    let mut fields = Vec::new();
    if let Some(objective) = args.objective {
        if objective == 0 {
            return Err(CommandError::usage("--objective must be a number above 0"));
        }
        fields.push(("objective_issue".to_owned(), json!(objective)));
    }
    refuse_nowhere(context, &place, place.provider())?;
    // A plan that is kept elsewhere says which code it is about.
    if let Some(source) = source_repo(context, &place) {
        fields.push(("source_repo".to_owned(), json!(source)));
    }
    let operation = BackendOp::Create(CreatePlan {
        provider: place.provider(),
        title,
        text,
        labels: args.label.clone(),
        fields,
        learn: args.learn,
        summary: args.summary.clone(),
        base: args.base.clone(),
        since: None,
        once: None,
    });
    carry_out(context, &args.plan, "plan create", [operation.into()])
}

/// Returns the repository of the code, where plans are kept in another one.
fn source_repo(context: &Context, place: &StoredPlace) -> Option<String> {
    match place.provider() {
        Provider::GithubIssue | Provider::GithubDraftPr => {}
        Provider::Local => return None,
    }
    let plans: RepoName = place.settings.plans_repository()?.parse().ok()?;
    let (_, code) = place.code(context).ok()?;
    (!code.same(&plans)).then(|| code.to_string())
}
