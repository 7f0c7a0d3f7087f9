//! Taste and prompts as the commit has them that a run starts from.

use std::path::Path;

use piton_durable::{DiskRead as _, tree, write_atomic};
use piton_git::{CommitId, GitRead};

use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::planning::{PlanningContext, taste};

/// Reads them. Where the working tree is as committed, it is read; otherwise
/// the commit's own texts are laid out beside everything else that may go.
pub(crate) fn planning_context(
    context: &Context,
    place: &Place,
    commit: Option<&CommitId>,
) -> Result<PlanningContext, CommandError> {
    let paths = [
        Path::new(place.settings.prompts()),
        Path::new(taste::file(place)),
    ];
    let Some(commit) = commit else {
        return PlanningContext::set(context, place);
    };
    if are_as_committed(context, place, commit, paths)? {
        return PlanningContext::set(context, place);
    }
    let failed = |error: &dyn std::error::Error| {
        CommandError::failed("could not lay out the taste and the prompts as they are committed")
            .with_source(piton_base::on_one_line(error))
    };
    let root = place.state().work().join("committed-texts");
    tree::remove(&context.disk, &root).map_err(|error| failed(&error))?;
    let names: Vec<String> = place
        .repository
        .all_names_at(commit)?
        .into_iter()
        .filter(|name| paths.iter().any(|path| Path::new(name).starts_with(path)))
        .collect();
    let wanted: Vec<_> = names.iter().map(|name| (commit, Path::new(name))).collect();
    let texts = place.repository.contents_at(&wanted)?;
    for (name, bytes) in names.iter().zip(texts) {
        if let Some(bytes) = bytes {
            write_atomic(&context.disk, &root.join(name), &bytes, 0o600)
                .map_err(|error| failed(&error))?;
        }
    }
    context
        .out
        .warn("the taste or the prompts are not as committed, and a run goes by what is committed");
    PlanningContext::set_below(context, place, &root)
}

/// Whether prompts and taste stand as the commit has them. Mostly there are no
/// prompts, and the taste is the same to the byte: then git need not look.
fn are_as_committed(
    context: &Context,
    place: &Place,
    commit: &CommitId,
    [prompts, taste]: [&Path; 2],
) -> Result<bool, CommandError> {
    let is_there = |path: &Path| !matches!(context.disk.stat(&place.top().join(path)), Ok(None));
    let committed = place.repository.contents_at(&[(commit, taste)])?;
    let stands = context.disk.read(&place.top().join(taste)).ok();
    let same_taste =
        committed.into_iter().next().flatten() == stands && stands.is_some() == is_there(taste);
    if same_taste && !is_there(prompts) && !place.repository.is_at(commit, prompts)? {
        return Ok(true);
    }
    Ok(place.repository.status(&[prompts, taste], true)?.is_empty())
}
