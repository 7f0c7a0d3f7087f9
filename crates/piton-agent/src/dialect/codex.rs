//! Codex's stream of JSON events.

use std::collections::BTreeSet;

use serde_json::Value;

use super::json::{self, number, text};
use super::{Dialect, Failure, Lines, Retrying, Transcript};
use crate::usage::Usage;
use crate::watchdog::Standing;

/// Reads `codex exec --json`.
///
/// There are no deltas: an answer appears when it is complete. The final text is
/// the last `agent_message`; an `error` may be a mere retry, so only
/// `turn.completed` and `turn.failed` end a turn.
#[derive(Debug, Default)]
pub(crate) struct CodexStream {
    lines: Lines,
    events: Events,
}

impl Dialect for CodexStream {
    fn feed(&mut self, chunk: &[u8]) {
        self.lines.feed(chunk, |line| self.events.line(line));
    }

    fn standing(&self) -> Standing {
        let events = &self.events;
        if events.so_far.finished || events.so_far.failure.is_some() {
            Standing::Finished
        } else if events.so_far.retrying.is_some() {
            Standing::Retrying
        } else if events.open.is_empty() {
            Standing::Working
        } else {
            Standing::InTool
        }
    }

    fn so_far(&self) -> &Transcript {
        &self.events.so_far
    }

    fn finish(self: Box<Self>) -> Transcript {
        let mut events = self.events;
        events.so_far.overflow = self.lines.finish(|line| events.line(line)) > 0;
        events.so_far
    }
}

#[derive(Debug, Default)]
struct Events {
    so_far: Transcript,
    /// Items that started and did not complete yet.
    open: BTreeSet<String>,
}

impl Events {
    fn line(&mut self, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        self.so_far.lines += 1;
        match json::read(line) {
            Some(event) if event.get("type").is_some_and(Value::is_string) => self.event(&event),
            _ => self.so_far.unread_lines += 1,
        }
    }

    fn event(&mut self, event: &Value) {
        match text(event, &["type"]).unwrap_or_default() {
            "thread.started" => {
                self.so_far.session = text(event, &["thread_id"]).map(str::to_owned);
            }
            "turn.started" => {
                self.so_far.finished = false;
                self.so_far.failure = None;
            }
            "item.started" => {
                self.so_far.retrying = None;
                self.so_far.doing = text(event, &["item", "command"])
                    .or_else(|| text(event, &["item", "type"]))
                    .map(str::to_owned);
                self.open
                    .extend(text(event, &["item", "id"]).map(str::to_owned));
            }
            "item.completed" => self.completed(event),
            "error" => {
                let message = text(event, &["message"]).unwrap_or_default();
                let before = self.so_far.retrying.take();
                self.so_far.retrying = Some(Retrying::again(before, failure(message)));
            }
            "turn.completed" => {
                self.so_far.finished = true;
                self.so_far.retrying = None;
                self.so_far.usage = event.get("usage").map(usage);
                // Asked for a schema, it answers in JSON as its text.
                self.so_far.structured = self.so_far.text.as_deref().and_then(object);
            }
            "turn.failed" => {
                let message = text(event, &["error", "message"]).unwrap_or_default();
                self.so_far.retrying = None;
                self.so_far.failure = Some(failure(message));
            }
            _ => {}
        }
    }

    fn completed(&mut self, event: &Value) {
        let item = &event["item"];
        self.so_far.retrying = None;
        self.open.remove(text(item, &["id"]).unwrap_or_default());
        if text(item, &["type"]) == Some("agent_message") {
            self.so_far.text = text(item, &["text"]).map(str::to_owned);
            self.so_far.doing.clone_from(&self.so_far.text);
        }
    }
}

/// Reads a failure's message, which may be the service's own JSON.
fn failure(message: &str) -> Failure {
    let mut words = Vec::new();
    let mut plain = message.to_owned();
    if let Some(error) = object(message).as_ref().and_then(|body| body.get("error")) {
        words.extend(text(error, &["type"]).map(|kind| format!("error:{kind}")));
        words.extend(text(error, &["code"]).map(|code| format!("code:{code}")));
        text(error, &["message"])
            .unwrap_or(message)
            .clone_into(&mut plain);
    }
    let status = ["unexpected status ", "last status: "]
        .into_iter()
        .find_map(|before| plain.split_once(before)?.1.get(..3)?.parse::<u16>().ok());
    words.extend(status.map(|status| format!("status:{status}")));
    Failure {
        words,
        message: plain,
        until: None,
    }
}

fn object(text: &str) -> Option<Value> {
    serde_json::from_str(text.trim())
        .ok()
        .filter(Value::is_object)
}

/// Codex counts cached input as input and reasoning as output.
fn usage(usage: &Value) -> Usage {
    let cached = number(usage, "cached_input_tokens");
    let written = number(usage, "cache_write_input_tokens");
    Usage {
        input_tokens: number(usage, "input_tokens")
            .saturating_sub(cached)
            .saturating_sub(written),
        cached_input_tokens: cached,
        cache_write_tokens: written,
        output_tokens: number(usage, "output_tokens"),
        reasoning_tokens: number(usage, "reasoning_output_tokens"),
    }
}
