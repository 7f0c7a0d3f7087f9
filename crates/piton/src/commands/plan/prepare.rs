//! `piton plan prepare`: makes the work folder of a plan.

use clap::Args;
use piton_backend::folder::{Looked, PlanRef, folder_files, look_into};
use piton_backend::header::Stamp;
use piton_backend::store::{Document, Provider};
use piton_base::{Clock, RepoPath};
use piton_plan::files::Content;

use super::decide::carry_out;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::operation::Op;
use crate::operation::files::put;
use crate::planned::PlanArgs;
use crate::stored::StoredPlace;
use crate::stored::target::{document, failed, with_plan};

/// Make the work folder of a plan: its text and its reference
///
/// The folder is .impl at the top of the repository. One that belongs to
/// another plan is left alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  piton plan prepare 42
  piton plan prepare P42 --dry-run")]
pub(crate) struct PrepareArgs {
    /// The plan
    target: String,

    #[command(flatten)]
    plan: PlanArgs,
}

const FOLDER: &str = ".impl";

pub(super) fn run(context: &Context, args: &PrepareArgs) -> CommandResult {
    let place = StoredPlace::find(context)?;
    let (document, text, provider) = with_plan(context, Some(&args.target), |backend, id| {
        let document = document(backend, &id)?;
        let text = backend.text(&document).map_err(failed)?;
        Ok((document, text, backend.provider()))
    })?;
    let text = text.ok_or_else(|| {
        CommandError::failed(format!("plan {} has no text", document.id))
            .hint(format!("`piton plan check {}` says more", document.id))
    })?;
    let there = there(context, &place, &document)?;
    let provider = if document.is_pull {
        Provider::GithubDraftPr
    } else {
        provider
    };
    let reference = reference(context, &document, provider, there);
    let mut operations: Vec<Op> = Vec::new();
    for (name, content) in folder_files(&text, &reference).0 {
        let path: RepoPath = format!("{FOLDER}/{name}")
            .parse()
            .or_failed("could not name the work folder")?;
        let why = format!("the work folder of plan {}", document.id);
        let disk = &context.disk;
        let root = &place.checkout.root;
        let written = put((disk, root), path, Content::Text(content), &why)?;
        operations.extend(written.map(Op::from));
    }
    carry_out(context, &args.plan, "plan prepare", operations)
}

/// Returns the reference that is there. A folder that belongs to another plan,
/// or may, is refused.
fn there(
    context: &Context,
    place: &StoredPlace,
    document: &Document,
) -> Result<Option<PlanRef>, CommandError> {
    match look_into(&context.disk, &place.checkout.root.join(FOLDER)) {
        Looked::Plan(there) if there.id == document.id.as_str() => Ok(Some(there)),
        Looked::Plan(other) => Err(CommandError::failed(format!(
            "{FOLDER} belongs to plan {}",
            other.id
        ))
        .hint("move it away, or work on this plan in another checkout")),
        Looked::Unreadable { file, why } => Err(CommandError::failed(format!(
            "could not tell which plan {FOLDER} belongs to"
        ))
        .with_source(format!("{FOLDER}/{file} cannot be read: {why}"))
        .hint(format!("mend that file, or move {FOLDER} away"))),
        Looked::WithoutId | Looked::Nothing => Ok(None),
    }
}

/// Returns the reference of a plan. One that is there keeps its times, so that
/// preparing again changes nothing.
fn reference(
    context: &Context,
    document: &Document,
    provider: Provider,
    there: Option<PlanRef>,
) -> PlanRef {
    let now = Stamp::write(context.clock.now());
    let mut reference = PlanRef {
        provider: provider.name().to_owned(),
        id: document.id.to_string(),
        url: document.url.clone(),
        created_at: now.clone(),
        synced_at: now,
        labels: document.labels.clone(),
        objective: document
            .header()
            .ok()
            .and_then(|header| header.number("objective_issue")),
        nodes: None,
    };
    if let Some(there) = there {
        reference.created_at = there.created_at;
        reference.synced_at = there.synced_at;
    }
    reference
}
