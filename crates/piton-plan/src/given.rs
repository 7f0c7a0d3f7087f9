//! What an operation is looked at and performed with.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::Failure;
use crate::id::{ActionId, PlanId};
use crate::input::Answer;
use crate::operation::Operation;
use crate::output::{OutputMap, OutputRef, Slot};
use crate::plan::Plan;
use piton_base::Digest;

/// What an operation is performed with: the outputs that it uses, and the
/// user's answer. Outputs of other actions cannot be reached through it.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    plan: PlanId,
    action: &'a ActionId,
    outputs: Vec<(&'a OutputRef, Value)>,
    answer: Option<&'a Answer>,
}

impl<'a> Given<'a> {
    /// Makes what is given before anything was performed: nothing.
    pub fn nothing(plan: PlanId, action: &'a ActionId) -> Self {
        Self {
            plan,
            action,
            outputs: Vec::new(),
            answer: None,
        }
    }

    /// Gathers the outputs that an action uses from those there are.
    pub(crate) fn gather<'o, O: Operation>(
        id: PlanId,
        plan: &'a Plan<O>,
        position: u32,
        outputs: impl Fn(u32) -> Option<&'o OutputMap>,
        answer: Option<&'a Answer>,
    ) -> Self {
        let action = plan.at(position);
        let value = |to: &'a OutputRef| {
            let producer = plan.position(&to.action)?;
            Some((to, outputs(producer)?.get(&to.output)?.clone()))
        };
        let uses = action.operation.uses().into_iter();
        Self {
            plan: id,
            action: &action.id,
            outputs: uses.filter_map(value).collect(),
            answer,
        }
    }

    /// Returns a mark by which a repeated request is known: the same whenever
    /// this action of this plan is performed, and never that of another.
    pub fn mark(&self) -> String {
        let action = Digest::of(self.action.as_str().as_bytes());
        format!("piton:{}:{}", self.plan, action.short())
    }

    /// Returns the plan that is performed.
    pub fn plan(&self) -> PlanId {
        self.plan
    }

    /// Returns the id of the action, for messages.
    pub fn action(&self) -> &'a ActionId {
        self.action
    }

    pub fn answer(&self) -> Option<&'a Answer> {
        self.answer
    }

    /// Returns the value of a slot, resolving a placeholder.
    pub fn value<T: DeserializeOwned + Clone>(&self, slot: &Slot<T>) -> Result<T, Failure> {
        let reference = match slot {
            Slot::Known(value) => return Ok(value.clone()),
            Slot::After(reference) => reference.untyped(),
        };
        let found = self.outputs.iter().find(|(to, _)| *to == reference);
        let Some((_, value)) = found else {
            return Err(Failure::internal(format!("{reference} is not known")));
        };
        T::deserialize(value).map_err(|error| {
            Failure::internal(format!("{reference} is not what it should be: {error}"))
        })
    }
}
