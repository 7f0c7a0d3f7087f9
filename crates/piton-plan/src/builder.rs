//! Putting a plan together.

use std::collections::BTreeMap;

use piton_base::RepoPath;
use serde_json::Value;

use crate::action::Action;
use crate::fault::PlanFaults;
use crate::id::ActionId;
use crate::input::Input;
use crate::operation::Operation;
use crate::output::{Output, Ref};
use crate::plan::{Parts, Plan, Stated};

/// Collects actions and checks them at the end.
#[derive(Debug)]
pub struct PlanBuilder<O>(Parts<O>);

/// An action that was added to a builder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handle {
    position: u32,
    id: ActionId,
}

/// An operation on its way into a plan.
#[derive(Clone, Debug)]
pub struct Draft<O> {
    operation: O,
    description: Option<String>,
    input: Option<Input>,
    stated: Vec<Stated>,
}

impl<O: Operation> PlanBuilder<O> {
    pub fn new(command: impl Into<String>) -> Self {
        Self(Parts {
            command: command.into(),
            actions: Vec::new(),
            stated: Vec::new(),
            warnings: Vec::new(),
            context: BTreeMap::new(),
            watches: Vec::new(),
        })
    }

    /// Adds an operation that depends on nothing but what it uses.
    pub fn add(&mut self, operation: O) -> Handle {
        self.add_draft(Draft::new(operation))
    }

    /// Adds an operation with what was said about it, and names it.
    pub fn add_draft(&mut self, draft: Draft<O>) -> Handle {
        let operation = draft.operation;
        let key = operation.key();
        let id = ActionId::derive(key.category, key.verb, &key.target);
        let handle = Handle {
            position: u32::try_from(self.0.actions.len()).unwrap_or(u32::MAX),
            id: id.clone(),
        };
        self.0.actions.push(Action {
            id,
            description: draft.description.map(String::into_boxed_str),
            input: draft.input.map(Box::new),
            operation,
        });
        self.0.stated.push(draft.stated);
        handle
    }

    /// Says of two added actions that the first depends on the second.
    pub fn depend(&mut self, action: &Handle, on: &Handle) {
        if let Some(stated) = self.0.stated.get_mut(action.position as usize) {
            stated.push(on.stated(false));
        }
    }

    /// Adds a warning that is shown with the plan.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.0.warnings.push(text.into());
    }

    /// Notes a value that was known when the plan was decided.
    pub fn note(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.context.insert(key.into(), value.into());
    }

    /// Watches a file of the repository: it stays as it is, unless an action
    /// names it.
    pub fn watch(&mut self, path: RepoPath) {
        self.0.watches.push(path);
    }

    /// Checks everything at once. Whoever uses an output depends on its
    /// action; that need not be said.
    pub fn build(mut self) -> Result<Plan<O>, PlanFaults> {
        for (action, stated) in self.0.actions.iter().zip(&mut self.0.stated) {
            let uses = action.operation.uses().into_iter();
            stated.extend(uses.map(|reference| Stated {
                on: reference.action.clone(),
                at: None,
                order_only: false,
            }));
        }
        Plan::check(self.0)
    }
}

impl<O> Draft<O> {
    pub fn new(operation: O) -> Self {
        Self {
            operation,
            description: None,
            input: None,
            stated: Vec::new(),
        }
    }

    /// Makes it depend on another action.
    #[must_use]
    pub fn needs(mut self, on: &Handle) -> Self {
        self.stated.push(on.stated(false));
        self
    }

    /// Makes it wait for another action that may also be left out.
    #[must_use]
    pub fn after(mut self, on: &Handle) -> Self {
        self.stated.push(on.stated(true));
        self
    }

    /// Says what has to be asked first.
    #[must_use]
    pub fn input(mut self, input: Input) -> Self {
        self.input = Some(input);
        self
    }

    /// Replaces the operation's own description.
    #[must_use]
    pub fn describe(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }
}

impl Handle {
    pub fn id(&self) -> &ActionId {
        &self.id
    }

    fn stated(&self, order_only: bool) -> Stated {
        Stated {
            on: self.id.clone(),
            at: Some(self.position),
            order_only,
        }
    }

    /// Returns the placeholder for an output of this action.
    pub fn output<T>(&self, output: &Output<T>) -> Ref<T> {
        Ref::new(self.id.clone(), output)
    }
}
