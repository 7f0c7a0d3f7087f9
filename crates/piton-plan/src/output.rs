//! Values that an action produces, and their placeholders until it has.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::ActionId;

/// What an action produced, by output name.
pub type OutputMap = BTreeMap<String, Value>;

/// Declares one output of a family of operations, with its type.
///
/// Families keep these as constants, so that the name and the type of an
/// output are written down once: `const ID: Output<String> = Output::new("id")`.
#[derive(Debug)]
pub struct Output<T> {
    name: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> Output<T> {
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            of: PhantomData,
        }
    }

    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// Names one output of one action.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputRef {
    pub action: ActionId,
    pub output: String,
}

impl fmt::Display for OutputRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}: known after {}>", self.output, self.action)
    }
}

/// Names one output of one action together with the type of its value. Only
/// [`Handle::output`](crate::Handle::output) makes one.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Ref<T> {
    to: OutputRef,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T> Ref<T> {
    pub(crate) fn new(action: ActionId, output: &Output<T>) -> Self {
        Self {
            to: OutputRef {
                action,
                output: output.name.to_owned(),
            },
            of: PhantomData,
        }
    }

    pub(crate) fn untyped(&self) -> &OutputRef {
        &self.to
    }
}

// Written out, since derives would ask the same of `T`.
impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        Self {
            to: self.to.clone(),
            of: PhantomData,
        }
    }
}

impl<T> PartialEq for Ref<T> {
    fn eq(&self, other: &Self) -> bool {
        self.to == other.to
    }
}

impl<T> Eq for Ref<T> {}

impl<T> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to.fmt(f)
    }
}

/// A value that an operation needs: known now, or after another action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Slot<T> {
    Known(T),
    #[serde(bound = "")]
    After(Ref<T>),
}

impl<T> Slot<T> {
    /// Returns the output that this waits for, if it waits.
    pub fn uses(&self) -> Option<&OutputRef> {
        match self {
            Self::Known(_) => None,
            Self::After(reference) => Some(reference.untyped()),
        }
    }

    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::After(_) => None,
        }
    }
}

impl<T> From<T> for Slot<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: fmt::Display> fmt::Display for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::After(reference) => reference.untyped().fmt(f),
        }
    }
}
