//! Which plan a command is about, and the backend that keeps it.

use piton_backend::folder::{Folder, FolderError, Looked, find_folder};
use piton_backend::header::Header;
use piton_backend::store::{BackendError, BackendRead, Document, PlanId};
use piton_base::on_one_line;

use super::{StoredPlace, branch, elsewhere, with_reader};
use crate::context::Context;
use crate::error::{Attempt as _, CommandError, ErrorKind};

/// Runs something with the backend of the settings.
pub(crate) fn with_plans<T>(
    context: &Context,
    run: impl FnOnce(&StoredPlace, &dyn BackendRead) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let place = StoredPlace::find(context)?;
    with_reader(context, &place, place.provider(), |backend| {
        run(&place, backend)
    })?
}

/// Runs something with the plan that is meant and the backend that keeps it.
pub(crate) fn with_plan<T>(
    context: &Context,
    named: Option<&str>,
    run: impl FnOnce(&dyn BackendRead, PlanId) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    with_plans(context, |place, backend| {
        run(backend, plan(context, place, backend, named)?)
    })
}

/// Decides which plan is meant: the one that is named, else that of the work
/// folder here, else that of the branch.
fn plan(
    context: &Context,
    place: &StoredPlace,
    backend: &dyn BackendRead,
    named: Option<&str>,
) -> Result<PlanId, CommandError> {
    if let Some(text) = named {
        return self::named(context, text);
    }
    let branch = branch(&context.environment, Some(&place.checkout));
    let folder = find_folder(
        &context.disk,
        &place.checkout,
        &context.directory,
        branch.as_deref(),
    );
    match folder {
        Ok(Folder {
            looked: Looked::Plan(reference),
            ..
        }) => {
            return reference
                .id
                .parse()
                .or_usage("could not use the work folder");
        }
        // It may name another plan than the branch does.
        Ok(Folder {
            path,
            looked: Looked::Unreadable { file, why },
        }) => {
            let file = path.join(file);
            return Err(CommandError::failed("could not tell which plan is meant")
                .with_source(format!("{} cannot be read: {why}", file.display()))
                .hint("mend that file or remove it, or name the plan: `piton plan show 42`"));
        }
        Ok(Folder {
            looked: Looked::WithoutId | Looked::Nothing,
            ..
        })
        | Err(FolderError::None(_)) => {}
    }
    let of_branch = match &branch {
        Some(branch) => backend.plan_of_branch(branch).map_err(failed)?,
        None => None,
    };
    of_branch.ok_or_else(|| {
        CommandError::usage("no plan is named, and neither a work folder nor this branch names one")
            .hint("name one, such as `piton plan show 42`; `piton plan list` lists them")
    })
}

/// Reads what a person wrote for a plan.
pub(crate) fn named(context: &Context, text: &str) -> Result<PlanId, CommandError> {
    let id = PlanId::from_words(text).map_err(|error| CommandError::usage(error.to_string()))?;
    match elsewhere(context, text) {
        None => Ok(id),
        Some(why) => Err(CommandError::usage(why)
            .hint("work in a clone of that repository, or set plans.repository")),
    }
}

/// Returns the header of a plan that must have one.
pub(crate) fn header(document: &Document) -> Result<Header, CommandError> {
    document.header().map_err(|error| failed(error.into()))
}

/// Returns a plan that must be there.
pub(crate) fn document(backend: &dyn BackendRead, id: &PlanId) -> Result<Document, CommandError> {
    backend
        .document(id)
        .map_err(failed)?
        .ok_or_else(|| failed(BackendError::NotFound(id.clone())))
}

/// Tells what a backend answered instead.
#[expect(
    clippy::needless_pass_by_value,
    reason = "errors are turned into errors by it"
)]
pub(crate) fn failed(error: BackendError) -> CommandError {
    CommandError::new(kind(&error), on_one_line(&error)).hints(error.hint())
}

fn kind(error: &BackendError) -> ErrorKind {
    match error {
        BackendError::ForeignId { .. } | BackendError::Patch(_) | BackendError::EmptyText => {
            ErrorKind::Usage
        }
        BackendError::Forge(error) => error.into(),
        BackendError::Partial { source, .. } => kind(source),
        BackendError::NotFound(_)
        | BackendError::NotAPlan { .. }
        | BackendError::Edit(_)
        | BackendError::TooLong(_)
        | BackendError::NoTextComment(_)
        | BackendError::TextChanged(_)
        | BackendError::Busy(_)
        | BackendError::Disk(_)
        | BackendError::Write(_)
        | BackendError::Clear(_)
        | BackendError::Damaged(_) => ErrorKind::Failed,
    }
}
