//! `piton plan prepare`: makes the work folder of a plan.

use clap::Args;
use piton_backend::folder::{Looked, PlanRef, find_folder, folder_files};
use piton_backend::header::Stamp;
use piton_backend::store::Document;
use piton_base::{Clock, RepoPath};
use piton_plan::files::Content;

use super::decide::carry_out;
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, CommandResult};
use crate::files::put;
use crate::op::Op;
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
    refuse_others(context, &place, &document)?;
    let provider = if document.is_pull {
        "github-draft-pr"
    } else {
        provider.name()
    };
    let reference = reference(context, &document, provider);
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

/// Refuses a folder that belongs to another plan.
fn refuse_others(
    context: &Context,
    place: &StoredPlace,
    document: &Document,
) -> Result<(), CommandError> {
    let root = &place.checkout.root;
    let Ok(folder) = find_folder(&context.disk, &place.checkout, root, None) else {
        return Ok(());
    };
    match folder.looked {
        Looked::Plan(other)
            if folder.path.ends_with(FOLDER) && other.id != document.id.as_str() =>
        {
            Err(
                CommandError::failed(format!("{FOLDER} belongs to plan {}", other.id))
                    .hint("move it away, or work on this plan in another checkout"),
            )
        }
        Looked::Plan(_) | Looked::WithoutId | Looked::Nothing | Looked::Unreadable { .. } => Ok(()),
    }
}

/// Returns the reference of a plan. One that is there keeps its times, so that
/// preparing again changes nothing.
fn reference(context: &Context, document: &Document, provider: &str) -> PlanRef {
    let now = Stamp::write(context.clock.now());
    let mut reference = PlanRef {
        provider: provider.to_owned(),
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
    if let Some(there) = there(context)
        && there.id == reference.id
    {
        reference.created_at = there.created_at;
        reference.synced_at = there.synced_at;
    }
    reference
}

fn there(context: &Context) -> Option<PlanRef> {
    let place = StoredPlace::find(context).ok()?;
    let root = &place.checkout.root;
    let folder = find_folder(&context.disk, &place.checkout, root, None).ok()?;
    match folder.looked {
        Looked::Plan(reference) if folder.path.ends_with(FOLDER) => Some(reference),
        Looked::Plan(_) | Looked::WithoutId | Looked::Nothing | Looked::Unreadable { .. } => None,
    }
}
