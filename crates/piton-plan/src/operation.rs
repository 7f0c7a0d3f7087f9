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
/// Only `key` and `describe` have no default. A sum of families gets them all
/// from [`delegate_operation`](crate::delegate_operation).
pub trait Operation:
    Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What looking at the world gives to performing, such as a digest, an
    /// `ETag` or a whole body; `()` where performing needs nothing of it.
    type Seen: Debug + Send;

    fn key(&self) -> Key<'_>;

    /// Returns all that is shown of it.
    fn describe(&self) -> Description<'_>;

    /// Returns the outputs of other actions that this one needs.
    fn uses(&self) -> Vec<&OutputRef> {
        Vec::new()
    }

    /// Returns the names of the outputs that performing it gives.
    fn produces(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns how a conflict with an existing file is settled, if there is one.
    fn conflict(&self) -> Option<ConflictMode> {
        None
    }

    /// Whether it takes something away that was there before.
    fn destructive(&self) -> bool {
        self.key().verb.destructive()
    }

    /// Whether the world shows afterwards that it was done. What only gives an
    /// output for later actions leaves nothing to look at.
    fn leaves_a_trace(&self) -> bool {
        true
    }
}

/// What an operation does to what. Category and target name one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    /// The kind of thing acted on, such as `file` or `gist`.
    pub category: &'static str,
    pub verb: Verb,
    pub target: Cow<'a, str>,
}

impl<'a> Key<'a> {
    pub fn new(category: &'static str, verb: Verb, target: impl Into<Cow<'a, str>>) -> Self {
        Self {
            category,
            verb,
            target: target.into(),
        }
    }
}

/// All that is shown of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description<'a> {
    /// One line for people.
    pub line: Cow<'a, str>,
    /// What it saw when it was decided.
    pub premise: Option<Cow<'a, str>>,
    /// What should be so afterwards; the line itself says it where this is not set.
    pub expectation: Option<Cow<'a, str>>,
    /// Whether it can be undone from what is kept.
    pub reversible: bool,
    /// The files that it changes, from the top of the repository or in full; a
    /// directory stands for all in it.
    pub touches: Vec<Cow<'a, str>>,
    /// What is shown at higher levels.
    pub details: Vec<Detail>,
}

impl<'a> Description<'a> {
    pub fn new(line: impl Into<Cow<'a, str>>) -> Self {
        Self {
            line: line.into(),
            premise: None,
            expectation: None,
            reversible: false,
            touches: Vec::new(),
            details: Vec::new(),
        }
    }

    #[must_use]
    pub fn premise(mut self, premise: impl Into<Cow<'a, str>>) -> Self {
        self.premise = Some(premise.into());
        self
    }

    #[must_use]
    pub fn expects(mut self, expectation: impl Into<Cow<'a, str>>) -> Self {
        self.expectation = Some(expectation.into());
        self
    }

    #[must_use]
    pub fn reversible(mut self) -> Self {
        self.reversible = true;
        self
    }

    #[must_use]
    pub fn touches(mut self, path: impl Into<Cow<'a, str>>) -> Self {
        self.touches.push(path.into());
        self
    }

    #[must_use]
    pub fn detail(
        mut self,
        level: i8,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) -> Self {
        self.details.push(Detail {
            level,
            name: name.into(),
            value: value.into(),
        });
        self
    }

    /// Returns what should be so afterwards.
    pub fn expectation(&self) -> &str {
        self.expectation.as_deref().unwrap_or(&self.line)
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
