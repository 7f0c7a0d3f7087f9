//! What a family of operations tells the engine about itself.

use std::borrow::Cow;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::conflict::ConflictMode;
use crate::output::OutputRef;
use crate::verb::Verb;

/// One operation of a plan, as a typed value that carries everything needed to
/// perform it, the premise under which it was decided included.
///
/// Only the first four methods have no default. An enum over several families
/// gets them all from [`delegate_operation`](crate::delegate_operation).
pub trait Operation:
    Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Returns the kind of thing acted on, such as `file` or `gist`.
    fn category(&self) -> &'static str;

    fn verb(&self) -> Verb;

    /// Returns what is acted on; with the category it names one thing.
    fn target(&self) -> Cow<'_, str>;

    /// Returns one line for people.
    fn description(&self) -> Cow<'_, str>;

    /// Returns the outputs of other actions that this one needs.
    fn uses(&self) -> Vec<&OutputRef> {
        Vec::new()
    }

    /// Returns the names of the outputs that performing it gives.
    fn produces(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns what it saw when it was decided, in words.
    fn premise(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// Returns what shall be so afterwards, in words.
    fn expectation(&self) -> Cow<'_, str> {
        self.description()
    }

    /// Returns what is shown of it at higher levels.
    fn details(&self) -> Vec<Detail> {
        Vec::new()
    }

    /// Returns how a conflict with an existing file is settled, if there is one.
    fn conflict(&self) -> Option<ConflictMode> {
        None
    }

    /// Whether it takes something away that was there before.
    fn destructive(&self) -> bool {
        self.verb().destructive()
    }

    /// Whether it can be undone from what is kept.
    fn reversible(&self) -> bool {
        false
    }

    /// Whether doing it twice comes to the same as doing it once. Only asked
    /// when a run stopped in the middle of it and the world does not tell.
    fn repeatable(&self) -> bool {
        false
    }

    /// Whether the world shows afterwards that it was done. What only gives an
    /// output for later actions leaves nothing to look at.
    fn leaves_a_trace(&self) -> bool {
        true
    }
}

/// One fact about an operation, shown from a level upwards: 1 for paths, sizes
/// and values, 2 for payloads, URLs and differences, 3 for resolved state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    pub level: i8,
    pub name: Cow<'static, str>,
    pub value: String,
}

impl Detail {
    pub fn new(level: i8, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self {
            level,
            name: name.into(),
            value: value.into(),
        }
    }
}

/// Makes an enum of families an operation itself: every question goes to the
/// family at hand, and each family converts into the enum.
///
/// ```
/// # use piton_plan::files::FileOp;
/// # use serde::{Deserialize, Serialize};
/// #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum Op {
///     File(FileOp),
/// }
/// piton_plan::delegate_operation!(Op: File(FileOp));
/// ```
#[macro_export]
macro_rules! delegate_operation {
    ($op:ident: $($variant:ident($family:ty)),+ $(,)?) => {
        impl $crate::Operation for $op {
            fn category(&self) -> &'static str {
                match self { $(Self::$variant(one) => $crate::Operation::category(one),)+ }
            }
            fn verb(&self) -> $crate::Verb {
                match self { $(Self::$variant(one) => $crate::Operation::verb(one),)+ }
            }
            fn target(&self) -> ::std::borrow::Cow<'_, str> {
                match self { $(Self::$variant(one) => $crate::Operation::target(one),)+ }
            }
            fn description(&self) -> ::std::borrow::Cow<'_, str> {
                match self { $(Self::$variant(one) => $crate::Operation::description(one),)+ }
            }
            fn uses(&self) -> ::std::vec::Vec<&$crate::OutputRef> {
                match self { $(Self::$variant(one) => $crate::Operation::uses(one),)+ }
            }
            fn produces(&self) -> &'static [&'static str] {
                match self { $(Self::$variant(one) => $crate::Operation::produces(one),)+ }
            }
            fn premise(&self) -> ::std::option::Option<::std::borrow::Cow<'_, str>> {
                match self { $(Self::$variant(one) => $crate::Operation::premise(one),)+ }
            }
            fn expectation(&self) -> ::std::borrow::Cow<'_, str> {
                match self { $(Self::$variant(one) => $crate::Operation::expectation(one),)+ }
            }
            fn details(&self) -> ::std::vec::Vec<$crate::Detail> {
                match self { $(Self::$variant(one) => $crate::Operation::details(one),)+ }
            }
            fn conflict(&self) -> ::std::option::Option<$crate::ConflictMode> {
                match self { $(Self::$variant(one) => $crate::Operation::conflict(one),)+ }
            }
            fn destructive(&self) -> bool {
                match self { $(Self::$variant(one) => $crate::Operation::destructive(one),)+ }
            }
            fn reversible(&self) -> bool {
                match self { $(Self::$variant(one) => $crate::Operation::reversible(one),)+ }
            }
            fn repeatable(&self) -> bool {
                match self { $(Self::$variant(one) => $crate::Operation::repeatable(one),)+ }
            }
            fn leaves_a_trace(&self) -> bool {
                match self { $(Self::$variant(one) => $crate::Operation::leaves_a_trace(one),)+ }
            }
        }
        $(impl ::std::convert::From<$family> for $op {
            fn from(one: $family) -> Self {
                Self::$variant(one)
            }
        })+
    };
}
