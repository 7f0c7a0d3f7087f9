//! One operation of a plan under its name.

use crate::id::ActionId;
use crate::input::Input;
use crate::operation::Operation;

/// One operation of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Action<O> {
    pub(crate) id: ActionId,
    pub(crate) description: Option<Box<str>>,
    /// Boxed, since few actions have one and a million pass through the check.
    pub(crate) input: Option<Box<Input>>,
    pub(crate) operation: O,
}

impl<O: Operation> Action<O> {
    pub fn id(&self) -> &ActionId {
        &self.id
    }

    pub fn operation(&self) -> &O {
        &self.operation
    }

    /// Returns what has to be asked before it can be performed.
    pub fn input(&self) -> Option<&Input> {
        self.input.as_deref()
    }

    /// Returns one line for people.
    pub fn description(&self) -> std::borrow::Cow<'_, str> {
        match &self.description {
            Some(text) => text.as_ref().into(),
            None => self.operation.describe().line,
        }
    }
}
