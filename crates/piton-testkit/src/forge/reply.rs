//! What an area of the fake is asked, and what it gives back.

#![expect(
    clippy::unnecessary_wraps,
    reason = "answers stand in match arms beside refusals"
)]

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

/// A request that the table has, ready to be done.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) method: &'static str,
    pub(super) template: &'static str,
    pub(super) places: BTreeMap<&'static str, String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: &'a Value,
    pub(super) who: String,
    pub(super) accept: String,
    pub(super) now: Timestamp,
    /// The address of the fake itself.
    pub(super) base: &'a str,
}

impl Call<'_> {
    pub(super) fn place(&self, name: &str) -> &str {
        self.places.get(name).map_or("", String::as_str)
    }

    pub(super) fn number(&self, name: &str) -> u64 {
        self.place(name).parse().unwrap_or(0)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.body[name].as_str()
    }
}

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Body,
}

pub(super) enum Body {
    None,
    Json(Value),
    Raw(Vec<u8>),
    /// A listing: the page is cut out, and links lead to the others. With a
    /// name it is wrapped in an object that counts.
    List(Option<&'static str>, Vec<Value>),
}

pub(super) type Replied = Result<Reply, Refusal>;

#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) message: String,
    pub(super) errors: Vec<Value>,
    pub(super) headers: Vec<(String, String)>,
}

impl Refusal {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "Not Found")
    }

    pub(super) fn invalid(resource: &str, field: &str, code: &str) -> Self {
        let mut refusal = Self::new(422, "Validation Failed");
        refusal.errors = vec![json!({"resource": resource, "field": field, "code": code})];
        refusal
    }

    pub(super) fn custom(resource: &str, message: impl Into<String>) -> Self {
        let mut refusal = Self::new(422, "Validation Failed");
        refusal.errors =
            vec![json!({"resource": resource, "code": "custom", "message": message.into()})];
        refusal
    }

    pub(super) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn body(&self) -> Value {
        let mut body = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.to_string(),
        });
        if !self.errors.is_empty() {
            body["errors"] = Value::from(self.errors.clone());
        }
        body
    }
}

/// What is there, or the refusal that says that it is not.
pub(super) fn found<T>(thing: Option<T>) -> Result<T, Refusal> {
    thing.ok_or_else(Refusal::not_found)
}

fn reply(status: u16, body: Body) -> Replied {
    Ok(Reply { status, body })
}

pub(super) fn ok(body: Value) -> Replied {
    reply(200, Body::Json(body))
}

pub(super) fn created(body: Value) -> Replied {
    reply(201, Body::Json(body))
}

pub(super) fn done() -> Replied {
    reply(204, Body::None)
}

pub(super) fn raw(bytes: Vec<u8>) -> Replied {
    reply(200, Body::Raw(bytes))
}

pub(super) fn list(elements: Vec<Value>) -> Replied {
    reply(200, Body::List(None, elements))
}

pub(super) fn list_in(name: &'static str, elements: Vec<Value>) -> Replied {
    reply(200, Body::List(Some(name), elements))
}
