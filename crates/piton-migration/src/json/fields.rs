//! Reading typed fields out of an object, with errors that name the field.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::value::{Object, Value};

/// Where in a document an object stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Location {
    /// It is the document.
    #[default]
    Root,
    /// It is the value of a field of the document.
    Field(&'static str),
    /// It is an item of an array in the document.
    Item { array: &'static str, index: usize },
    /// It is the value of a field of such an item.
    ItemField {
        array: &'static str,
        index: usize,
        field: &'static str,
    },
}

impl Location {
    /// Returns the place of a field's value.
    fn inside(self, field: &'static str) -> Self {
        match self {
            Self::Root => Self::Field(field),
            Self::Item { array, index } => Self::ItemField {
                array,
                index,
                field,
            },
            // Nothing in these formats is nested deeper.
            Self::Field(_) | Self::ItemField { .. } => self,
        }
    }

    /// Spells the path of a field of the object at this place.
    fn path_of(self, field: &str) -> String {
        match self {
            Self::Root => field.to_owned(),
            Self::Field(_) | Self::Item { .. } | Self::ItemField { .. } => {
                format!("{self}.{field}")
            }
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Field(field) => f.write_str(field),
            Self::Item { array, index } => write!(f, "{array}[{index}]"),
            Self::ItemField {
                array,
                index,
                field,
            } => write!(f, "{array}[{index}].{field}"),
        }
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FieldProblem {
    #[error("is missing; it must be {0}")]
    Missing(&'static str),
    #[error("is {found}; it must be {allowed}")]
    WrongType {
        found: &'static str,
        allowed: &'static str,
    },
    #[error("is `{}`; it must be {allowed}", .found.escape_debug())]
    WrongValue {
        found: String,
        allowed: &'static str,
    },
    #[error("is unknown; remove it, or keep additions in a file of their own")]
    Unknown,
    #[error("{0}")]
    Other(String),
}

/// A field that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{problem}", prefix(.field))]
pub struct FieldError {
    /// The field's path, such as `phases[2].done`; empty for the document.
    pub field: String,
    pub problem: FieldProblem,
}

fn prefix(field: &str) -> String {
    if field.is_empty() {
        "the document ".to_owned()
    } else {
        format!("field `{field}` ")
    }
}

/// An object together with where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'v, 'a> {
    object: &'v Object<'a>,
    at: Location,
}

impl<'v, 'a> Fields<'v, 'a> {
    /// Looks at a value that must be an object.
    pub fn of(value: &'v Value<'a>, at: Location) -> Result<Self, FieldError> {
        match value {
            Value::Object(object) => Ok(Self { object, at }),
            other => Err(FieldError {
                field: at.to_string(),
                problem: wrong_type(other, "an object"),
            }),
        }
    }

    /// Returns an error about one field.
    pub fn fail(&self, name: &str, problem: FieldProblem) -> FieldError {
        FieldError {
            field: self.at.path_of(name),
            problem,
        }
    }

    /// Returns an error about a value that is not one of those allowed.
    pub fn wrong(&self, name: &str, found: &str, allowed: &'static str) -> FieldError {
        let found = found.to_owned();
        self.fail(name, FieldProblem::WrongValue { found, allowed })
    }

    /// Reads a string that must be one of a type's words.
    pub fn named<T: FromStr>(&self, name: &str, allowed: &'static str) -> Result<T, FieldError> {
        let text = self.string(name)?;
        text.parse().map_err(|_| self.wrong(name, text, allowed))
    }

    /// Returns where a field stands.
    pub fn place(&self, name: &'static str) -> Location {
        self.at.inside(name)
    }

    /// Returns a field's value, or `None` where it is absent.
    pub fn get(&self, name: &str) -> Option<&'v Value<'a>> {
        self.object.get(name)
    }

    /// Returns a field's value.
    pub fn require(&self, name: &str, allowed: &'static str) -> Result<&'v Value<'a>, FieldError> {
        self.get(name)
            .ok_or_else(|| self.fail(name, FieldProblem::Missing(allowed)))
    }

    /// Returns a string that must be there.
    pub fn string(&self, name: &str) -> Result<&'v str, FieldError> {
        match self.require(name, "a string")? {
            Value::String(text) => Ok(text),
            other => Err(self.fail(name, wrong_type(other, "a string"))),
        }
    }

    /// Returns a string that must be there and may be null.
    pub(crate) fn nullable_string(&self, name: &str) -> Result<Option<&'v str>, FieldError> {
        self.require(name, "a string or null")?;
        self.optional_string(name)
    }

    /// Returns a string that may be null or absent.
    pub(crate) fn optional_string(&self, name: &str) -> Result<Option<&'v str>, FieldError> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.fail(name, wrong_type(other, "a string or null"))),
        }
    }

    /// Returns a boolean that must be there.
    pub fn boolean(&self, name: &str) -> Result<bool, FieldError> {
        match self.require(name, "true or false")? {
            Value::Bool(value) => Ok(*value),
            other => Err(self.fail(name, wrong_type(other, "true or false"))),
        }
    }

    /// Returns an array that must be there.
    pub fn array(&self, name: &str) -> Result<&'v [Value<'a>], FieldError> {
        match self.require(name, "an array")? {
            Value::Array(items) => Ok(items),
            other => Err(self.fail(name, wrong_type(other, "an array"))),
        }
    }

    /// Refuses fields that are not on the list.
    pub fn only(&self, known: &[&str]) -> Result<(), FieldError> {
        match self.object.keys().find(|key| !known.contains(key)) {
            Some(unknown) => Err(self.fail(unknown, FieldProblem::Unknown)),
            None => Ok(()),
        }
    }
}

/// Returns the problem of a value of the wrong kind.
pub(crate) fn wrong_type(found: &Value<'_>, allowed: &'static str) -> FieldProblem {
    FieldProblem::WrongType {
        found: found.kind(),
        allowed,
    }
}
