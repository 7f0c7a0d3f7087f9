//! Where a plan is performed, in a repository or in the user's own folders: what
//! it may touch, where its journal is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use piton_base::{Clock, StateDir};
use piton_durable::{Lock, LockError, LockGuard};
use piton_plan::{Answer, Interaction, Plan, PlanBuilder, PlanId, Ready, prepare};
use serde_json::Value;

use super::error::{lock_error, prepare_error};
use crate::context::{Context, Place, random};
use crate::error::CommandError;
use crate::operation::Op;
use crate::output::{Channel, Level};
use crate::terminal::Terminal;
use crate::world::Reading;

/// The note of a plan about a folder outside of any repository: which one.
const FOLDER: &str = "folder";

#[derive(Debug)]
pub(crate) struct Site<'a> {
    pub(crate) context: &'a Context,
    pub(crate) reading: Reading<'a>,
    /// The directory of piton's own state here.
    pub(crate) state: StateDir,
    /// Answers that were given beforehand, by their flags.
    pub(crate) told: Vec<(String, Answer)>,
}

impl Site<'_> {
    pub(crate) fn journals(&self) -> PathBuf {
        self.state.journals()
    }

    /// Proves that no other process is at this plan.
    pub(crate) fn hold(&self, id: PlanId) -> Result<LockGuard, CommandError> {
        self.try_hold(id).map_err(lock_error)
    }

    pub(super) fn try_hold(&self, id: PlanId) -> Result<LockGuard, LockError> {
        let lock = Lock::at(self.journals().join(format!("{id}.lock")));
        let holder = self.context.holder("performing a plan");
        lock.acquire(&holder, Duration::ZERO)
    }

    /// Asks what the plan wants to know.
    pub(super) fn prepare<'p>(&self, plan: &'p Plan<Op>) -> Result<Ready<'p, Op>, CommandError> {
        let mut terminal = Terminal::new(&self.context.stop);
        prepare(plan, &self.told, self.interaction(&mut terminal)).map_err(prepare_error)
    }

    pub(super) fn interaction<'t>(&self, terminal: &'t mut Terminal<'_>) -> Interaction<'t> {
        if self.context.interactive() {
            Interaction::Terminal(terminal)
        } else {
            Interaction::Unattended
        }
    }
}

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

    /// Makes the id of a plan that begins now.
    pub(crate) fn new_plan_id(&self) -> PlanId {
        PlanId::new(self.clock.now(), random())
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
    Ok(Site {
        context,
        reading,
        state: context.user_state()?,
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
