//! From what was written to what it means: tags, keys, merging.

use super::number;
use super::resolve::{is_timestamp, resolve, truth};
use super::value::{Kind, Scalar, Value};

/// What was read, before tags give it its meaning.
pub(super) enum Given {
    Plain(String),
    Quoted(String),
    List(Vec<Value>),
    /// A mapping, or the value of an alias.
    Made(Value),
}

/// The tag of a value.
pub(super) enum Tag {
    /// `!`: a text, whatever it looks like.
    Plain,
    /// One of the standard tags, by its short name.
    Standard(String),
    Unknown(String),
}

const STANDARD: &str = "tag:yaml.org,2002:";

impl Tag {
    pub(super) fn read(text: &str) -> Self {
        if text == "!" {
            return Self::Plain;
        }
        let long = match text.strip_prefix("!<") {
            Some(uri) => uri.trim_end_matches('>').to_owned(),
            None => match text.strip_prefix("!!") {
                Some(short) => format!("{STANDARD}{short}"),
                None => text.to_owned(),
            },
        };
        match long.strip_prefix(STANDARD) {
            Some(short) if KNOWN.contains(&short) => Self::Standard(short.to_owned()),
            _ => Self::Unknown(long),
        }
    }
}

const KNOWN: [&str; 12] = [
    "str",
    "null",
    "bool",
    "int",
    "float",
    "timestamp",
    "binary",
    "seq",
    "map",
    "set",
    "omap",
    "pairs",
];

pub(super) fn construct(given: Given, tag: Option<&Tag>) -> Result<Value, String> {
    let scalar = |kind, text| Ok(Value::Scalar(Scalar { kind, text }));
    match (given, tag) {
        (_, Some(Tag::Unknown(tag))) => Err(no_constructor(tag)),
        (Given::Plain(text), None) => match resolve(&text) {
            Some(kind) => scalar(kind, text),
            None => Err(no_constructor(&format!(
                "{STANDARD}{}",
                if text == "=" { "value" } else { "merge" }
            ))),
        },
        (Given::Quoted(text), None)
        | (Given::Plain(text) | Given::Quoted(text), Some(Tag::Plain)) => scalar(Kind::Text, text),
        (Given::Plain(text) | Given::Quoted(text), Some(Tag::Standard(tag))) => {
            match tagged(tag, &text) {
                Some(kind) => scalar(kind, text),
                None => Err(format!("this is no {tag}: {text}")),
            }
        }
        (Given::List(items), None | Some(Tag::Plain)) => Ok(Value::List(items)),
        (Given::List(items), Some(Tag::Standard(tag))) => match tag.as_str() {
            "seq" | "omap" | "pairs" => Ok(Value::List(items)),
            _ => Err(format!("a list is no {tag}")),
        },
        (Given::Made(value), None | Some(Tag::Plain)) => Ok(value),
        (Given::Made(value), Some(Tag::Standard(tag))) => match tag.as_str() {
            "map" | "set" => Ok(value),
            _ => Err(format!("a mapping is no {tag}")),
        },
    }
}

fn no_constructor(tag: &str) -> String {
    format!("could not determine a constructor for the tag '{tag}'")
}

fn tagged(tag: &str, text: &str) -> Option<Kind> {
    match tag {
        "str" => Some(Kind::Text),
        "null" => Some(Kind::Null),
        "bool" => truth(text).map(Kind::Bool),
        "int" => number::int(text).map(Kind::Int),
        "float" => (number::is_float(text) || number::int(text).is_some()).then_some(Kind::Float),
        "timestamp" => match resolve(text) {
            Some(Kind::Date) => Some(Kind::Date),
            _ => is_timestamp(text).then_some(Kind::Timestamp),
        },
        "binary" => Some(Kind::Binary(base64(text))),
        _ => None,
    }
}

/// Decodes base 64 as leniently as erk: what is no digit of it is
/// passed over.
fn base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut bits = 0_u32;
    let mut held = 0_u32;
    for c in text.bytes() {
        let digit = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(((bits >> held) & 0xff) as u8);
        }
    }
    bytes
}

/// Returns the entries that a merge brings in: those of a mapping, or of
/// several, of which the first counts.
pub(super) fn merged(value: &Value) -> Option<Vec<(Value, Value)>> {
    match value {
        Value::Map(entries) => Some(entries.clone()),
        Value::List(items) => {
            let mut all = Vec::new();
            for item in items.iter().rev() {
                match item {
                    Value::Map(entries) => all.extend(entries.iter().cloned()),
                    Value::Scalar(_) | Value::List(_) => return None,
                }
            }
            Some(all)
        }
        Value::Scalar(_) => None,
    }
}

/// Returns what equal keys have in common; none for a key that no mapping can
/// have.
pub(super) fn hashed(key: &Value) -> Option<String> {
    let Value::Scalar(scalar) = key else {
        return None;
    };
    Some(match &scalar.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(truth) => format!("number {}", i32::from(*truth)),
        Kind::Int(Some(number)) => format!("number {number}"),
        Kind::Int(None) | Kind::Float => format!("number {}", scalar.text),
        Kind::Text => format!("text {}", scalar.text),
        Kind::Date | Kind::Timestamp => format!("time {}", scalar.text),
        Kind::Binary(bytes) => format!("bytes {bytes:?}"),
    })
}

/// Counts the values within a value.
pub(super) fn size(value: &Value) -> usize {
    1 + match value {
        Value::Scalar(_) => 0,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(k, v)| size(k) + size(v)).sum(),
    }
}
