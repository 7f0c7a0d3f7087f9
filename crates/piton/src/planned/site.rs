//! Where a plan is performed: what it may touch, where its journal is.

use std::path::PathBuf;
use std::time::Duration;

use piton_base::{Clock, StateDir};
use piton_durable::{Lock, LockError, LockGuard};
use piton_plan::{Answer, Interaction, Plan, PlanId, Ready, prepare};

use super::error::{lock_error, prepare_error};
use crate::context::{Context, random};
use crate::error::CommandError;
use crate::op::Op;
use crate::terminal::Terminal;
use crate::world::Reading;

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
    /// Makes the id of a plan that begins now.
    pub(crate) fn new_plan_id(&self) -> PlanId {
        PlanId::new(self.clock.now(), random())
    }
}
