//! `piton prompt copy`: a template of one's own, to be changed.

use std::collections::BTreeSet;

use clap::Args;
use piton_base::RepoPath;
use piton_loop::prompts::PromptSet;
use piton_plan::files::{Content, DecideError, FileOp, How, Wanted, decide};
use piton_plan::{ConflictMode, Draft, Input, InputKind, Otherwise, PlanBuilder};

use super::template::file;
use crate::context::{Context, Place};
use crate::error::{Attempt as _, CommandError, CommandResult, Exit};
use crate::operation::Op;
use crate::operation::files::NEW_FILE_MODE;
use crate::planned::PlanArgs;

/// Copy built-in templates to the repository, where they can be changed
///
/// From then on the repository's copy is used. Remove it to go back.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton prompt copy review --dry-run
  piton prompt copy review review-2
  piton prompt copy review --force   start over from the built-in one")]
pub(crate) struct CopyArgs {
    /// The roles, or parts
    #[arg(value_name = "ROLE", required = true, add = crate::completing::roles())]
    roles: Vec<String>,

    /// Replace a template that was changed; a copy of it is kept
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    plan: PlanArgs,
}

pub(crate) fn run(context: &Context, args: &CopyArgs) -> CommandResult {
    // A template of the repository's that cannot be used is no obstacle: to
    // start over from the built-in one is the way out.
    let built_in = PromptSet::built_in().or_internal("could not make a plan")?;
    let files = args.roles.iter().map(|role| file(&built_in, role));
    let files = files.collect::<Result<BTreeSet<_>, _>>()?;
    let place = context.place_to_write(&args.plan)?;
    let mut builder = PlanBuilder::new("prompt copy");
    for file in files {
        let (_, text) = built_in.part(&file).ok_or_else(CommandError::no_plan)?;
        builder.add_draft(decided(context, &place, args.force, &file, text)?);
    }
    let plan = builder.build()?;
    let ended = context.site(&place).carry_out_and_tell(&args.plan, &plan)?;
    if ended.exit == Exit::Done && !ended.receipts.is_empty() {
        context
            .out
            .hint("change what was copied; `piton prompt show ROLE` shows what is in force");
    }
    Ok(ended.exit)
}

/// Decides about one template.
fn decided(
    context: &Context,
    place: &Place,
    force: bool,
    file: &str,
    text: &str,
) -> Result<Draft<Op>, CommandError> {
    let wanted = Wanted {
        path: target(place, file)?,
        content: Content::Text(text.to_owned()),
        mode: NEW_FILE_MODE,
        modified: None,
        how: How::Copy,
        why: "the built-in template, to be changed".to_owned(),
    };
    let mode = if force {
        ConflictMode::Overwrite
    } else {
        ConflictMode::Ask
    };
    let file = decide(&context.disk, place.top(), &wanted, mode).map_err(refused)?;
    let question = match &file {
        FileOp::Put {
            how: How::Ask,
            path,
            ..
        } => Some(format!(
            "{path} was changed; replace it by the built-in one?"
        )),
        FileOp::Put { .. }
        | FileOp::Move { .. }
        | FileOp::Delete { .. }
        | FileOp::Outside(_)
        | FileOp::Keep { .. } => None,
    };
    let draft = Draft::new(Op::File(file));
    Ok(match question {
        None => draft,
        Some(question) => draft.input(Input {
            question,
            flag: "--force".into(),
            kind: InputKind::Confirm,
            otherwise: Otherwise::Fail,
        }),
    })
}

fn target(place: &Place, file: &str) -> Result<RepoPath, CommandError> {
    let overrides = place
        .settings
        .path("prompts")
        .ok_or_else(CommandError::no_plan)?;
    overrides.join(file).or_internal("could not make a plan")
}

fn refused(error: DecideError) -> CommandError {
    CommandError::failed("could not copy the template; nothing was changed")
        .hints(error.hint())
        .with_source(error)
}
