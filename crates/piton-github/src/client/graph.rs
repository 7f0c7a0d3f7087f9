//! GraphQL's own answers, which say in their text what went wrong.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::sender::{Request, Sender};
use crate::error::{ForgeError, LimitKind};
use crate::graphql::GraphQuery;
use crate::request::Repeat;

/// Asks for the `data` of a GraphQL text; `repeat` where it changes something.
pub(super) fn ask(
    sender: &Sender,
    query: &GraphQuery,
    repeat: Option<Repeat>,
) -> Result<Value, ForgeError> {
    let body = json!({"query": query.text, "variables": query.variables});
    let body = body.to_string().into_bytes();
    let request = Request::with_body(query.what.clone(), "POST", Some(&body), repeat);
    let came = sender.ask(&request, sender.base.graphql().to_owned())?;
    let unsure = repeat.is_some();
    let garbled = |why: String| ForgeError::garbled(&*query.what, why, unsure);
    let mut value: Value =
        serde_json::from_slice(&came.body).map_err(|error| garbled(error.to_string()))?;
    match value["errors"].as_array().and_then(|errors| errors.first()) {
        None => match value["data"].take() {
            Value::Null => Err(garbled("it has no data".to_owned())),
            data => Ok(data),
        },
        Some(error) => Err(refusal(sender, &query.what, error)),
    }
}

fn refusal(sender: &Sender, what: &str, error: &Value) -> ForgeError {
    let what = what.to_owned();
    let message = sender.clean(error["message"].as_str().unwrap_or("no message"));
    match error["type"].as_str() {
        Some("NOT_FOUND") => ForgeError::NotFound { what, message },
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => ForgeError::NoPermission {
            what,
            needs: None,
            message,
        },
        Some("RATE_LIMITED") => ForgeError::Limited {
            what,
            kind: LimitKind::Primary,
            until: (sender.now)()
                .checked_add(Duration::from_secs(3600))
                .unwrap_or(Timestamp::MAX),
            message,
        },
        _ => ForgeError::Refused {
            what,
            status: 200,
            message,
        },
    }
}
