//! A value of a document, with the text that a scalar was written as.

use serde_json::{Map, Number, Value as Json};

/// A value read from a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Scalar(Scalar),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
}

/// A single value, with what it means and how it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    pub kind: Kind,
    /// The text that the writer wrote, without quotes.
    pub text: String,
}

/// What a scalar means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    Bool(bool),
    /// A whole number; none if it is beyond what a program computes with.
    Int(Option<i128>),
    Float,
    Text,
    Date,
    Timestamp,
    Binary(Vec<u8>),
}

impl Value {
    /// The empty value.
    pub(crate) const fn null() -> Self {
        Self::Scalar(Scalar {
            kind: Kind::Null,
            text: String::new(),
        })
    }

    /// A single value, as it is written.
    pub(crate) fn of(kind: Kind, text: impl Into<String>) -> Self {
        let text = text.into();
        Self::Scalar(Scalar { kind, text })
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Kind::Text, text)
    }

    /// A whole number.
    pub(crate) fn int(number: u64) -> Self {
        Self::of(Kind::Int(Some(i128::from(number))), number.to_string())
    }

    pub(crate) fn bool(truth: bool) -> Self {
        Self::of(Kind::Bool(truth), truth.to_string())
    }

    /// Returns whether nothing is here.
    pub fn is_null(&self) -> bool {
        matches!(
            self,
            Self::Scalar(Scalar {
                kind: Kind::Null,
                ..
            })
        )
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Scalar(Scalar {
                kind: Kind::Text,
                text,
            }) => Some(text),
            Self::Scalar(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Returns the value that a mapping has for a key that is a text.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Map(entries) => entries
                .iter()
                .find(|(name, _)| name.as_text() == Some(key))
                .map(|(_, value)| value),
            Self::Scalar(_) | Self::List(_) => None,
        }
    }

    /// Names the kind of a top-level value as erk does.
    pub(crate) fn python_name(&self) -> &'static str {
        match self {
            Self::List(_) => "list",
            Self::Map(_) => "dict",
            Self::Scalar(scalar) => match scalar.kind {
                Kind::Null => "NoneType",
                Kind::Bool(_) => "bool",
                Kind::Int(_) => "int",
                Kind::Float => "float",
                Kind::Text => "str",
                Kind::Date => "date",
                Kind::Timestamp => "datetime",
                Kind::Binary(_) => "bytes",
            },
        }
    }

    /// Returns the value as JSON. Dates and times are texts, as written.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Scalar(scalar) => scalar.to_json(),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    map.insert(key.key_text(), value.to_json());
                }
                Json::Object(map)
            }
        }
    }

    /// Returns how a key is shown: scalars as written, others as JSON.
    pub fn key_text(&self) -> String {
        match self {
            Self::Scalar(scalar) => scalar.text.clone(),
            Self::List(_) | Self::Map(_) => self.to_json().to_string(),
        }
    }
}

impl Scalar {
    fn to_json(&self) -> Json {
        match &self.kind {
            Kind::Null => Json::Null,
            Kind::Bool(truth) => Json::Bool(*truth),
            Kind::Int(number) => number
                .and_then(|number| {
                    i64::try_from(number)
                        .map(Number::from)
                        .or_else(|_| u64::try_from(number).map(Number::from))
                        .ok()
                })
                .map_or_else(|| Json::String(self.text.clone()), Json::Number),
            Kind::Float => self
                .text
                .replace('_', "")
                .trim_start_matches('+')
                .parse::<f64>()
                .ok()
                .and_then(Number::from_f64)
                .map_or_else(|| Json::String(self.text.clone()), Json::Number),
            Kind::Text | Kind::Date | Kind::Timestamp => Json::String(self.text.clone()),
            Kind::Binary(bytes) => Json::String(String::from_utf8_lossy(bytes).into_owned()),
        }
    }
}
