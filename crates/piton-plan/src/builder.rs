//! Putting a plan together.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::action::Action;
use crate::check::survey;
use crate::edge::Edge;
use crate::fault::{Fault, PlanFaults};
use crate::graph::Graph;
use crate::id::ActionId;
use crate::input::Input;
use crate::operation::Operation;
use crate::output::{Output, Ref};
use crate::plan::{Parts, Plan};

/// Collects actions and checks them at the end.
#[derive(Debug)]
pub struct PlanBuilder<O> {
    command: String,
    actions: Vec<Action<O>>,
    /// For each action what was said about its dependencies.
    stated: Vec<Vec<Stated>>,
    warnings: Vec<String>,
    context: BTreeMap<String, Value>,
}

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

#[derive(Clone, Debug)]
struct Stated {
    on: Handle,
    order_only: bool,
}

impl<O: Operation> PlanBuilder<O> {
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            actions: Vec::new(),
            stated: Vec::new(),
            warnings: Vec::new(),
            context: BTreeMap::new(),
        }
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
            position: u32::try_from(self.actions.len()).unwrap_or(u32::MAX),
            id: id.clone(),
        };
        self.actions.push(Action {
            id,
            description: draft.description.map(String::into_boxed_str),
            input: draft.input.map(Box::new),
            operation,
        });
        self.stated.push(draft.stated);
        handle
    }

    /// Says of two added actions that the first depends on the second.
    pub fn depend(&mut self, action: &Handle, on: &Handle) {
        if let Some(stated) = self.stated.get_mut(action.position as usize) {
            stated.push(Stated {
                on: on.clone(),
                order_only: false,
            });
        }
    }

    /// Adds a warning that is shown with the plan.
    pub fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }

    /// Notes a value that was known when the plan was decided.
    pub fn note(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.context.insert(key.into(), value.into());
    }

    /// Checks everything at once. Whoever uses an output depends on its
    /// action; that need not be said.
    pub fn build(self) -> Result<Plan<O>, PlanFaults> {
        let survey = survey(&self.actions);
        let mut faults = Vec::new();
        let mut graph = Graph::with_capacity(self.actions.len(), self.stated.len());
        for (action, stated) in self.actions.iter().zip(&self.stated) {
            let mut unknown = |dependency: &ActionId| {
                faults.push(Fault::UnknownDependency {
                    action: action.id.clone(),
                    dependency: dependency.clone(),
                });
            };
            let mut edges = Vec::new();
            for Stated { on, order_only } in stated {
                let by_position = self.actions.get(on.position as usize);
                let to = match by_position {
                    Some(found) if found.id == on.id => Some(on.position),
                    // The handle came from another builder.
                    Some(_) | None => survey.index.get(&self.actions, &on.id),
                };
                match to {
                    Some(to) if *order_only => edges.push(Edge::after(to)),
                    Some(to) => edges.push(Edge::needs(to)),
                    None => unknown(&on.id),
                }
            }
            for reference in action.operation.uses() {
                match survey.index.get(&self.actions, &reference.action) {
                    Some(to) => edges.push(Edge::needs(to)),
                    None => unknown(&reference.action),
                }
            }
            graph.push(edges);
        }
        Plan::check(Parts {
            command: self.command,
            actions: self.actions,
            graph,
            survey,
            warnings: self.warnings,
            context: self.context,
            faults,
        })
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
        self.stated.push(Stated {
            on: on.clone(),
            order_only: false,
        });
        self
    }

    /// Makes it wait for another action that may also be left out.
    #[must_use]
    pub fn after(mut self, on: &Handle) -> Self {
        self.stated.push(Stated {
            on: on.clone(),
            order_only: true,
        });
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

    /// Returns the placeholder for an output of this action.
    pub fn output<T>(&self, output: &Output<T>) -> Ref<T> {
        Ref::new(self.id.clone(), output)
    }
}
