//! Where a command works: in a repository, or in the user's own folders.

use std::path::{Path, PathBuf};

use piton_base::StateDir;
use piton_plan::{Plan, PlanBuilder};
use serde_json::Value;

use crate::context::{Context, Place};
use crate::error::CommandError;
use crate::op::Op;
use crate::output::{Channel, Level};
use crate::planned::Site;
use crate::world::Reading;

/// The note of a plan about a folder outside of any repository: which one.
const FOLDER: &str = "folder";

impl Context {
    /// Returns the site of a command that works in a repository.
    pub(crate) fn site<'a>(&'a self, place: &Place) -> Site<'a> {
        Site {
            context: self,
            reading: Reading::new(self, Some(place)),
            state: place.state(),
            told: Vec::new(),
        }
    }
}

/// Returns the site here: that of the repository, or outside of any the user's.
pub(crate) fn anywhere(context: &Context) -> Result<Site<'_>, CommandError> {
    match context.place_if_any()? {
        Some(place) => Ok(context.site(&place)),
        None => outside(context, Reading::new(context, None)),
    }
}

/// Returns the site of a folder that is in no repository.
pub(crate) fn in_folder<'a>(context: &'a Context, folder: &Path) -> Result<Site<'a>, CommandError> {
    outside(context, Reading::in_folder(context, folder.to_owned()))
}

/// Outside of a repository the journal is in the user's own folder.
fn outside<'a>(context: &'a Context, reading: Reading<'a>) -> Result<Site<'a>, CommandError> {
    let state = context.environment.user_state().ok_or_else(|| {
        CommandError::usage("could not find a place for the journal")
            .hint("set HOME or XDG_STATE_HOME, or work in a repository")
    })?;
    Ok(Site {
        context,
        reading,
        state: StateDir::at(&state),
        told: Vec::new(),
    })
}

/// Writes into a plan which folder it is about.
pub(crate) fn note_folder(builder: &mut PlanBuilder<Op>, folder: &Path) {
    if let Some(folder) = folder.to_str() {
        builder.note(FOLDER, folder);
    }
}

/// Returns the site that a plan was decided for: the folder that it names,
/// wherever it is performed from; else the one here.
pub(crate) fn of_plan<'a>(context: &'a Context, plan: &Plan<Op>) -> Result<Site<'a>, CommandError> {
    let folder = plan.context().get(FOLDER).and_then(Value::as_str);
    let Some(folder) = folder.map(Path::new).filter(|path| path.is_absolute()) else {
        return anywhere(context);
    };
    let text = format!("the plan is about {}", folder.display());
    context.out.note(Channel::Plan, Level::INFO, &text);
    in_folder(context, folder)
}

/// Returns the directory of the journals here.
pub(crate) fn journals(context: &Context) -> Result<PathBuf, CommandError> {
    Ok(anywhere(context)?.journals())
}
