//! A parsed JSON value that borrows from its text.

use std::borrow::Cow;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    /// An integer of any size, as written.
    Int(&'a str),
    /// Any other number, `NaN` and the infinities included, as written.
    Float(&'a str),
    String(Cow<'a, str>),
    Array(Vec<Value<'a>>),
    Object(Object<'a>),
}

impl Value<'_> {
    /// Returns the kind of the value in the words of a message.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a fractional number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

/// A JSON object in the order of its text, duplicates included.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
}

impl<'a> Object<'a> {
    /// Makes room for as many members as the objects of these formats have, so
    /// that reading one allocates once.
    pub(super) fn roomy() -> Self {
        Self {
            members: Vec::with_capacity(12),
        }
    }

    pub(super) fn push(&mut self, key: Cow<'a, str>, value: Value<'a>) {
        self.members.push((key, value));
    }

    /// Returns the value of `key`; of duplicates, the last wins.
    pub fn get(&self, key: &str) -> Option<&Value<'a>> {
        self.members
            .iter()
            .rev()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// Returns every key in the order of the text.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(key, _)| key.as_ref())
    }
}
